"""The section of a call's editor that says whom a draw takes before others."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import calls as actions
from sonjuku.rooms.calls.models import PriorityRule
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.staff.call_rows import RowsSection, RuleRow, kept_rule, shown_rule


class ClassRow(RuleRow):
    kind = forms.ChoiceField(label=_("条件"), choices=[("", _("選んでください")), *PriorityRule.Kind.choices])
    credentials = None  # type: ignore[assignment]  # takes the field out: unknown at the freeze (0017)
    title = forms.CharField(
        label=_("区分の名前（公開されます）"),
        max_length=80,
        help_text=_("例：萩市に住む方。5人に満たない区分は、となりの区分と一つにして抽選します。"),
    )
    title_en = forms.CharField(label=_("区分の名前（英語）"), max_length=120, required=False)
    SHOWN_FOR: ClassVar[dict[str, str]] = {
        **RuleRow.SHOWN_FOR,
        "as_of": "age|school_stage|residence_in|residence_out|audience",
    }
    field_order = ("title", "title_en", "kind")


class PriorityClasses(RowsSection):
    row, row_title = ClassRow, _("区分")
    lead = _(
        "抽選で先に席を割り当てる人を、上の区分から順に書きます。一人ずつ、最初に当てはまる区分に入り、どれにも当てはまらない人は最後の区分になります。区分の中の順番は抽選で決まります。"
    )
    extra: ClassVar[int] = 1

    def initial_rows(self) -> list[dict[str, Any]]:
        return [
            shown_rule(rule) | {"title": rule.title, "title_en": rule.title_en}
            for rule in self.call.priority_rules.all()
        ]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        rules = [
            kept_rule(row) | {"title": row["title"], "title_en": row["title_en"]}
            for row in rows
            if row["kind"]
        ]
        actions.set_classes(by=by, call=self.call, rules=rules)
