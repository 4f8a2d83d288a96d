"""The editor's sections of an event: who speaks, and the files that anyone may download afterwards."""

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.events import queries
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Occasion
from sonjuku.toolbox.dates import at_tokyo, day_of, format_datetime, local
from sonjuku.web.public.bilingual import language
from sonjuku.web.questions import ACCEPT
from sonjuku.web.staff.call_badges import Section
from sonjuku.web.staff.call_rows import RowForm, RowsSection
from sonjuku.web.staff.inputs import date_field, dress, in_words, pick, time_field
from sonjuku.web.templatetags.sonjuku_ui import marked
from sonjuku.web.uploads import incoming


def _label(occasion: Occasion) -> str:
    return f"{format_datetime(occasion.starts_at, language())} {in_words(occasion, 'title')}".strip()


def _occasions(form: Any, call: Call) -> None:
    dress(form.fields["occasion"], rows=call.occasions.all()).label_from_instance = _label  # type: ignore[method-assign, assignment]


class SpeakerRow(RowForm):
    occasion: Any = forms.ModelChoiceField(label=_("回"), queryset=None)
    name = forms.CharField(label=_("お名前"), max_length=120)
    name_en = forms.CharField(label=_("お名前（英語）"), max_length=160, required=False)
    affiliation = forms.CharField(label=_("所属・役職"), max_length=160, required=False)
    affiliation_en = forms.CharField(label=_("所属・役職（英語）"), max_length=200, required=False)
    talk_title = forms.CharField(label=_("話の題"), max_length=200, required=False)
    talk_title_en = forms.CharField(label=_("話の題（英語）"), max_length=240, required=False)
    starts = time_field(_("話し始める時刻"))

    NAMES = ("name", "name_en", "affiliation", "affiliation_en", "talk_title", "talk_title_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _occasions(self, self.call)


class Speakers(RowsSection):
    row, row_title = SpeakerRow, _("登壇者")
    lead = _("話す順に書きます。募集のページに、プログラムとして出ます。")
    extra = 1

    def initial_rows(self) -> list[dict[str, Any]]:
        return [
            {name: getattr(speaker, name) for name in SpeakerRow.NAMES}
            | {
                "occasion": occasion.id,
                "starts": local(speaker.starts_at).time() if speaker.starts_at else None,
            }
            for occasion in self.call.occasions.all()
            for speaker in queries.programme_order(occasion)
        ]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        rows = sorted(rows, key=lambda row: str(row["occasion"].id))
        given = {occasion: list(group) for occasion, group in groupby(rows, key=lambda row: row["occasion"])}
        for occasion in self.call.occasions.all():
            speakers = [
                {name: row[name] for name in SpeakerRow.NAMES}
                | {
                    "starts_at": at_tokyo(day_of(occasion.starts_at), row["starts"])
                    if row["starts"]
                    else None
                }
                for row in given.get(occasion, [])
            ]
            events.set_speakers(by=by, occasion=occasion, speakers=speakers)


class Materials(Section):
    lead = _("催しのあとに、募集のページからだれでもダウンロードできるファイルです。一つずつ加えます。")
    occasion: Any = forms.ModelChoiceField(label=_("回"), queryset=None, required=False)
    title = forms.CharField(label=_("資料の名前"), max_length=160, required=False)
    file = forms.FileField(
        label=_("ファイル"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF・画像・Word・Excel"),
        widget=forms.FileInput(attrs={"accept": ACCEPT, "data-max-bytes": settings.UPLOAD_MAX_BYTES}),
    )
    public_on = date_field(_("公開する日"), help_text=_("空欄のときは、回が終わった時刻から公開します。"))
    remove: Any = forms.ModelMultipleChoiceField(
        label=_("消す資料"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def explain(self) -> None:
        super().explain()
        _occasions(self, self.call)
        standing = queries.materials_of(self.call)
        field: Any = self.fields["remove"]
        field.queryset = standing
        field.label_from_instance = lambda row: format_html(
            "{} · {}", marked(row.title), format_datetime(row.public_from, language())
        )
        if not standing.exists():
            del self.fields["remove"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("title") or data.get("file"):
            for name in ("occasion", "title", "file"):
                if not data.get(name) and name not in self.errors:
                    label = self.fields[name].label or ""
                    self.add_error(name, format_lazy(_("「{label}」を入力してください。"), label=label))
        return data

    def save(self, by: Actor) -> None:
        data = self.cleaned_data
        for material in data.get("remove") or ():
            events.remove_material(by=by, material=material)
        if data["file"]:
            events.add_material(
                by=by,
                **pick(data, "occasion", "title"),
                incoming=incoming(self.files)["file"][0],
                max_bytes=settings.UPLOAD_MAX_BYTES,
                public_from=at_tokyo(data["public_on"]) if data["public_on"] else None,
            )
