"""The sections of a call's editor that are rows of their own: seats, conditions, criteria, meetings, duties."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import calls as actions
from sonjuku.rooms.calls.models import Call, CallBody, EligibilityRule
from sonjuku.rooms.calls.models.calls import Condition
from sonjuku.rooms.forms import queries as form_queries
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.actions import occasions as meetings
from sonjuku.rooms.participation.models import ObligationRule
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Consent, Person
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, local
from sonjuku.toolbox.lg_code import is_valid
from sonjuku.web.staff.inputs import DeskForm, DeskFormSet, date_field, in_words, rows_field, time_field

POINTS_HELP = _(
    "審査員の点（項目の点に重みを掛けた合計）の平均が、この点以上。満点は「審査の項目」で決まります。"
)


class CodesField(forms.CharField):
    """Six-digit codes of municipalities or prefectures, one or more, parted by blanks or commas."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return str(value or "").replace("、", " ").replace(",", " ").split()

    def validate(self, value: Any) -> None:
        for code in value:
            if not is_valid(code):
                raise forms.ValidationError(
                    _(
                        "「%(code)s」は団体コードではありません。6桁の数字で入力してください。例：352047（萩市）"
                    ),
                    params={"code": code[:20]},
                )

    def run_validators(self, value: Any) -> None:
        """The length of one string says nothing about a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class RowsSection:
    """A section made of rows: a formset that speaks like the other sections. Subclasses name the row and keep it."""

    row: ClassVar[type[DeskForm]]
    row_title: ClassVar[Any]
    lead: ClassVar[Any] = ""
    extra: ClassVar[int] = 2
    is_rows: ClassVar[bool] = True

    def __init__(self, data: Any = None, files: Any = None, *, call: Call, actor: Actor) -> None:
        self.call, self.actor = call, actor
        initial = self.initial_rows()
        factory = forms.formset_factory(
            self.row,
            formset=DeskFormSet,
            extra=self.extra if initial else max(self.extra, 1),
            can_delete=True,
            max_num=60,
        )
        self.formset: Any = factory(data, initial=initial, prefix="row", form_kwargs={"call": call})
        for each in self.formset.forms:
            if "DELETE" in each.fields:
                each.fields["DELETE"].label = _("この行を消す")

    def initial_rows(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def is_valid(self) -> bool:
        return self.formset.is_valid()

    def refuse(self, error: Any) -> None:
        self.formset.refuse(error)

    def save(self, by: Actor) -> None:
        self.keep(by, self.formset.rows())


class RowForm(DeskForm):
    # Fields that only some kinds need, as `a|b`; the page hides them for the others.
    SHOWN_FOR: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        self.call = call
        super().__init__(*args, **kwargs)

    @property
    def kind_name(self) -> str:
        return self.add_prefix("kind")

    def places(self) -> list[dict[str, Any]]:
        return [
            {"field": field, "shown_for": self.SHOWN_FOR.get(field.name, "")}
            for field in self.visible_fields()
        ]


class PoolRow(RowForm):
    capacity = forms.IntegerField(label=_("定員"), min_value=0, max_value=100_000)
    seat_type = forms.CharField(
        label=_("枠の名前"),
        max_length=80,
        required=False,
        help_text=_("例：市内枠。一つだけなら空欄で構いません。"),
    )
    seat_type_en = forms.CharField(label=_("枠の名前（英語）"), max_length=120, required=False)
    option = forms.CharField(
        label=_("申込者が選ぶ区分"),
        max_length=80,
        required=False,
        help_text=_("例：火曜コース。選ばせないときは空欄。"),
    )
    option_en = forms.CharField(label=_("区分（英語）"), max_length=120, required=False)
    reserved_for_lg_codes = CodesField(
        label=_("先に割り当てる住所（団体コード）"),
        required=False,
        help_text=_("この市町村に住む人を先にします。例：352047"),
    )


class Pools(RowsSection):
    row, row_title = PoolRow, _("枠")
    lead = _("定員です。市内の人を先にする枠は、団体コードを書いた枠と、書かない一般の枠に分けます。")

    def initial_rows(self) -> list[dict[str, Any]]:
        return [
            {name: getattr(pool, name) for name in PoolRow.base_fields} for pool in self.call.seat_pools.all()
        ]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        actions.set_pools(by=by, call=self.call, pools=rows)


class RuleRow(RowForm):
    kind = forms.ChoiceField(
        label=_("条件"), choices=[("", _("選んでください")), *EligibilityRule.Kind.choices]
    )
    minimum = forms.IntegerField(label=_("何歳から"), min_value=0, max_value=120, required=False)
    maximum = forms.IntegerField(label=_("何歳まで"), min_value=0, max_value=120, required=False)
    points = forms.IntegerField(
        label=_("審査の点（以上）"), min_value=1, max_value=30_000, required=False, help_text=POINTS_HELP
    )
    stages = forms.MultipleChoiceField(
        label=_("学校の段階"),
        choices=Person.SchoolStage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = CodesField(
        label=_("住所（団体コード）"), required=False, help_text=_("域内・域外の条件のとき。例：352047")
    )
    audiences = forms.MultipleChoiceField(
        label=_("対象者"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    credentials = forms.CharField(
        label=_("必要な証明の番号"),
        required=False,
        help_text=_("urn:uuid: で始まる番号。複数あるときは空白で区切ります。"),
    )
    as_of = date_field(_("基準日"), help_text=_("いつの時点で当てはまるか。空欄のときは申込みの日。"))

    NEEDS: ClassVar[dict[str, str]] = {
        EligibilityRule.Kind.SCHOOL_STAGE: "stages",
        EligibilityRule.Kind.RESIDENCE_IN: "areas",
        EligibilityRule.Kind.RESIDENCE_OUT: "areas",
        EligibilityRule.Kind.AUDIENCE: "audiences",
        EligibilityRule.Kind.CREDENTIAL: "credentials",
        EligibilityRule.Kind.SCORE: "points",
    }
    SHOWN_FOR: ClassVar[dict[str, str]] = {
        "minimum": "age",
        "maximum": "age",
        "points": "score",
        "stages": "school_stage",
        "areas": "residence_in|residence_out",
        "audiences": "audience",
        "credentials": "credential",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences: Any = self.fields["audiences"]
        audiences.choices = [(row.code, in_words(row, "title")) for row in vocabulary.audiences()]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind = data.get("kind")
        if kind == EligibilityRule.Kind.AGE and data.get("minimum") is None and data.get("maximum") is None:
            self.add_error("minimum", _("年齢の下限か上限を入力してください。"))
        needed = self.NEEDS.get(kind or "")
        if needed and not data.get(needed):
            self.add_error(needed, _("この条件に当てはまるものを入力してください。"))
        return data


class Rules(RowsSection):
    row, row_title = RuleRow, _("応募資格")
    lead = _("当てはまらない人には、理由を示してお断りします。条件ごとに基準日を決められます。")
    extra = 1

    def initial_rows(self) -> list[dict[str, Any]]:
        return [shown_rule(rule) for rule in self.call.eligibility_rules.all()]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        actions.set_rules(by=by, call=self.call, rules=[kept_rule(row) for row in rows if row["kind"]])


def shown_rule(rule: Condition) -> dict[str, Any]:
    """A condition as its row shows it."""
    row = {name: getattr(rule, name) for name in ("kind", "minimum", "maximum", "as_of")}
    if rule.kind == EligibilityRule.Kind.SCORE:
        return row | {"points": rule.minimum, "minimum": None}
    values = " ".join(rule.values) if rule.kind == EligibilityRule.Kind.CREDENTIAL else rule.values
    return row | {RuleRow.NEEDS.get(rule.kind, "areas"): values}


def kept_rule(row: dict[str, Any]) -> dict[str, Any]:
    """What `set_rules` and `set_classes` take: only the values that belong to the kind."""
    is_age, is_score = row["kind"] == EligibilityRule.Kind.AGE, row["kind"] == EligibilityRule.Kind.SCORE
    values = row[RuleRow.NEEDS[row["kind"]]] if row["kind"] in RuleRow.NEEDS and not is_score else []
    return {
        "kind": row["kind"],
        "as_of": row["as_of"],
        "minimum": row["minimum"] if is_age else row["points"] if is_score else None,
        "maximum": row["maximum"] if is_age else None,
        "values": values.split() if isinstance(values, str) else list(values),
    }


class CriterionRow(RowForm):
    title = forms.CharField(label=_("審査の項目"), max_length=140)
    title_en = forms.CharField(label=_("項目（英語）"), max_length=180, required=False)
    maximum = forms.IntegerField(label=_("配点の上限"), min_value=1, max_value=1000, initial=5)
    weight = forms.IntegerField(label=_("重み"), min_value=1, max_value=100, initial=1)


class Criteria(RowsSection):
    row, row_title = CriterionRow, _("審査の項目")
    lead = _("審査員は項目ごとに 0 から上限までの点を付けます。受付を始めると変えられません。")

    def initial_rows(self) -> list[dict[str, Any]]:
        return [
            {name: getattr(row, name) for name in CriterionRow.base_fields}
            for row in self.call.criteria.all()
        ]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        actions.set_criteria(by=by, call=self.call, criteria=rows)


class BodyRow(RowForm):
    body = rows_field(_("団体"), "name")
    role = forms.ChoiceField(label=_("関わり方"), choices=CallBody.Role.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = people.bodies(self.call.council)  # type: ignore[attr-defined]


class Bodies(RowsSection):
    row, row_title = BodyRow, _("団体")
    lead = _("申込者の名簿を見られるのは、主催・共催・運営の団体だけです。")

    def initial_rows(self) -> list[dict[str, Any]]:
        return [{"body": row.body_id, "role": row.role} for row in self.call.bodies.order_by("role", "id")]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        actions.set_bodies(by=by, call=self.call, bodies=[(row["body"], row["role"]) for row in rows])


class OccasionRow(RowForm):
    occasion_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("回の名前"), max_length=140, required=False, help_text=_("例：第1回　パソコンの中身")
    )
    title_en = forms.CharField(label=_("回の名前（英語）"), max_length=180, required=False)
    day = date_field(_("日"), required=True)
    starts = time_field(_("始まる時刻"), required=True)
    ends = time_field(_("終わる時刻"), required=True)
    venue = forms.CharField(label=_("会場（募集の会場と違うとき）"), max_length=140, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("終了が、開始より前か同じです。終了を後の時刻にしてください。"))
        return data


class Occasions(RowsSection):
    row, row_title = OccasionRow, _("回")
    lead = _("開催する日時です。当日の受付は、ここに書いた回ごとに行います。")

    def initial_rows(self) -> list[dict[str, Any]]:
        rows = []
        for occasion in self.call.occasions.all():
            start, end = local(occasion.starts_at), local(occasion.ends_at)
            rows.append({
                "occasion_id": occasion.id, "title": occasion.title, "title_en": occasion.title_en, "day": start.date(),
                "starts": start.time(), "ends": end.time(), "venue": occasion.venue,
            })  # fmt: skip
        return rows

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        standing = {occasion.id: occasion for occasion in self.call.occasions.all()}
        for row in rows:
            fields = {name: row[name] for name in ("title", "title_en", "venue")} | {
                "starts_at": at_tokyo(row["day"], row["starts"]), "ends_at": at_tokyo(row["day"], row["ends"]),
            }  # fmt: skip
            occasion = standing.pop(row["occasion_id"], None)
            if occasion is None:
                meetings.add_occasion(by=by, call=self.call, **fields)
            elif any(getattr(occasion, name) != value for name, value in fields.items()):
                meetings.change_occasion(by=by, occasion=occasion, **fields)
        for gone in standing.values():
            meetings.remove_occasion(by=by, occasion=gone)


class DutyRow(RowForm):
    SHOWN_FOR: ClassVar[dict[str, str]] = {
        "sessions": "attend",
        "form_version": "answer",
        "consent_purpose": "consent",
    }
    rule_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("すること"), choices=[("", _("選んでください")), *ObligationRule.Kind.choices]
    )
    title = forms.CharField(
        label=_("参加者に見せる名前"), max_length=140, help_text=_("例：講座に3回以上出席する")
    )
    title_en = forms.CharField(label=_("名前（英語）"), max_length=180, required=False)
    sessions = forms.IntegerField(
        label=_("出席する回数"), min_value=1, max_value=200, initial=1, required=False
    )
    form_version = rows_field(_("使う様式（アンケートのとき）"), required=False)
    consent_purpose = forms.ChoiceField(
        label=_("同意の内容（同意のとき）"),
        choices=[each for each in Consent.Purpose.choices if each[0] != Consent.Purpose.COMPANIONS],
        initial=Consent.Purpose.IMAGE,
        required=False,
    )
    due_on = date_field(_("期限"))
    remind_days = forms.IntegerField(
        label=_("何日前に知らせるか"), min_value=0, max_value=60, initial=3, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["form_version"]
        field.queryset = form_queries.versions_of(self.call.council_id)
        field.label_from_instance = version_label


class Duties(RowsSection):
    row, row_title = DutyRow, _("参加者がすること")
    lead = _("すべて済むと修了になり、バッジを渡します。受付を始めると変えられません。")
    extra = 1

    def initial_rows(self) -> list[dict[str, Any]]:
        names = [name for name in DutyRow.base_fields if name not in {"rule_id", "form_version"}]
        return [
            {name: getattr(rule, name) for name in names}
            | {"rule_id": rule.id, "form_version": rule.form_version_id}
            for rule in self.call.obligation_rules.all()
        ]

    def keep(self, by: Actor, rows: list[dict[str, Any]]) -> None:
        standing = {rule.id: rule for rule in self.call.obligation_rules.all()}
        for ordinal, row in enumerate(rows, 1):
            fields = {name: value for name, value in row.items() if name != "rule_id"} | {"ordinal": ordinal}
            fields["sessions"], fields["remind_days"] = row["sessions"] or 1, row["remind_days"] or 0
            rule = standing.get(row["rule_id"])
            if rule is not None and all(getattr(rule, name) == value for name, value in fields.items()):
                del standing[rule.id]
                continue
            meetings.add_rule(by=by, call=self.call, **fields)
        for gone in standing.values():
            meetings.remove_rule(by=by, rule=gone)


def version_label(version: Any) -> str:
    return f"{in_words(version.form, 'title')} ({version.number})"
