"""Forms of 外部連携: a token for a body's system, an address that is told of events."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Webhook
from sonjuku.rooms.letters.webhooks.rules import EVENTS
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import ApiToken, Council
from sonjuku.toolbox.dates import day_of
from sonjuku.web.staff.inputs import DeskForm, date_field, rows_field

DAYS = 180


class NewToken(DeskForm):
    title = forms.CharField(label=_("名前"), max_length=80, help_text=_("何に使うか。例：市の名簿システム"))
    body = rows_field(
        _("団体"), "name", empty_label=None, help_text=_("この団体の担当者と同じ募集の人だけが見えます。")
    )
    scopes = forms.MultipleChoiceField(
        label=_("できること"), choices=ApiToken.Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_on = date_field(_("最後に使える日"), required=True, help_text=_("今日から1年以内"))

    def __init__(self, data: Any = None, *, council: Council, actor: Actor) -> None:
        self.council = council
        super().__init__(
            data, initial={"expires_on": day_of(actor.at) + timedelta(days=DAYS), "body": actor.body_id}
        )

    def explain(self) -> None:
        self.fields["body"].queryset = people.bodies(self.council)  # type: ignore[attr-defined]
        super().explain()
        self.fields["scopes"].error_messages["required"] = _("一つ以上選んでください。")


class WebhookForm(DeskForm):
    url = forms.URLField(
        label=_("送り先のアドレス"), max_length=500, assume_scheme="https",
        help_text=_("https:// で始まるアドレス。転送（リダイレクト）の先へは送りません。"),
        widget=forms.URLInput({"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=_("知らせる出来事"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, webhook: Webhook | None = None) -> None:
        initial = {"url": webhook.url, "events": webhook.events} if webhook else {}
        super().__init__(data, initial=initial)

    def explain(self) -> None:
        super().explain()
        self.fields["events"].error_messages["required"] = _("一つ以上選んでください。")
