"""Writing a checked file's calls. A call that stands already only has its harmless texts brought up to date."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.flows.importing.checking import DAY_BEFORE
from sonjuku.flows.importing.councils import Rows, pick
from sonjuku.flows.importing.shapes import StartState
from sonjuku.flows.importing.tally import Report
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.calls.rules import HARMLESS_FIELDS
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.forms import actions as forms
from sonjuku.rooms.forms.models import FormVersion, Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes.models import Agreement, Programme
from sonjuku.rooms.vocabulary.models import Audience, Skill
from sonjuku.toolbox.dates import at_tokyo, end_of_day_before

CONTACT = ("contact_office", "contact_office_en", "contact_phone", "contact_hours", "contact_hours_en")
_APART = (
    "code", "programme", "agreement", "state", "audiences", "mode", "closes_at", "data_controller", "bodies", "pools",
    "eligibility", "classes", "criteria", "form", "occasions", "obligations", "achievements", "booth",
)  # fmt: skip


class CallWriter:
    """Writes the calls of one council; `bodies`, `programmes`, `agreements` are rows by the file's keys."""

    def __init__(
        self,
        *,
        by: Actor,
        council: Council,
        bodies: dict[str, Body],
        programmes: dict[str, Programme],
        agreements: dict[str, Agreement],
        demo: bool,
        report: Report,
    ) -> None:
        self.by, self.council, self.bodies = by, council, bodies
        self.programmes, self.agreements, self.demo, self.report = programmes, agreements, demo, report

    def write(self, spec: Rows) -> Call:
        fields = self._fields(spec)
        call = Call.objects.filter(council=self.council, code=spec["code"]).first()
        if call is not None:
            fields = {name: value for name, value in fields.items() if name in HARMLESS_FIELDS}
        return self.report.put(
            "calls",
            call,
            fields,
            lambda: self._create(spec, fields),
            lambda row, changed: calls.change_call(by=self.by, call=row, **changed),
        )

    def _fields(self, spec: Rows) -> Rows:
        fields = pick(spec, *_APART)
        fields["webinar_status"] = spec.get("mode", Call.Mode.ON_SITE)
        # Where a call names nobody to ask, the council's own desk answers.
        if "contact_office" not in spec:
            fields |= {name: getattr(self.council, name) for name in CONTACT}
        if "closes_at" in spec:
            fields["closes_at"] = close_of(spec)
        if self.demo and spec.get("state") != StartState.FINISHED:
            fields["is_demo"] = True
        return fields

    def _create(self, spec: Rows, fields: Rows) -> Call:
        hosts = [row for row in spec.get("bodies", []) if row["role"] == CallBody.Role.HOST]
        host = self.bodies[hosts[0]["body"]] if hosts else next(iter(self.bodies.values()))
        controller = self.bodies[spec["data_controller"]] if "data_controller" in spec else None
        call = calls.create_call(
            by=self.by,
            council=self.council,
            programme=self.programmes[spec["programme"]],
            host=host,
            code=spec["code"],
            agreement=self.agreements[spec["agreement"]] if "agreement" in spec else None,
            data_controller=controller,
            form_version=self._form(spec["form"]) if "form" in spec else None,
            **fields,
        )
        if hosts:
            roles = [(self.bodies[row["body"]], row["role"]) for row in spec["bodies"]]
            calls.set_bodies(by=self.by, call=call, bodies=roles)
        self._terms(call, spec)
        for occasion in spec.get("occasions", []):
            self._occasion(call, occasion)
        for ordinal, rule in enumerate(spec.get("obligations", [])):
            self._obligation(call, rule, ordinal)
        for achievement in spec.get("achievements", []):
            self._achievement(call, achievement)
        if "booth" in spec:
            self._booth(call, spec["booth"])
        self._begin(call, spec.get("state", StartState.DRAFT))
        return call

    def _terms(self, call: Call, spec: Rows) -> None:
        by = self.by
        codes = spec.get("audiences") or call.programme.audiences.values_list("code", flat=True)
        calls.set_audiences(by=by, call=call, audiences=Audience.objects.filter(code__in=codes))
        if "pools" in spec:
            pools = [
                {**pick(row, "reserved_for"), "reserved_for_lg_codes": row.get("reserved_for", [])}
                for row in spec["pools"]
            ]
            calls.set_pools(by=by, call=call, pools=pools)
        if "eligibility" in spec:
            calls.set_rules(by=by, call=call, rules=spec["eligibility"])
        if "classes" in spec:
            calls.set_classes(by=by, call=call, rules=spec["classes"])
        if "criteria" in spec:
            calls.set_criteria(by=by, call=call, criteria=spec["criteria"])

    def _form(self, spec: Rows) -> FormVersion:
        form = forms.create_form(
            by=self.by, council=self.council, title=spec["title"], title_en=spec.get("title_en", "")
        )
        version = form.versions.get()
        made: dict[str, Question] = {}
        for question in spec["questions"]:
            condition = question.get("show_if")
            if condition:
                question = question | {
                    "show_if_question": made[condition["question"]],
                    "show_if_op": condition["op"],
                    "show_if_value": condition.get("value", ""),
                }
            made[question["key"]] = forms.add_question(
                by=self.by, version=version, **pick(question, "show_if")
            )
        return version

    def _occasion(self, call: Call, spec: Rows) -> None:
        starts_at, ends_at = span(spec)
        occasion = participation.add_occasion(
            by=self.by,
            call=call,
            starts_at=starts_at,
            ends_at=ends_at,
            **pick(spec, "day", "from", "to", "speakers"),
        )
        for speaker in spec.get("speakers", []):
            speaks_at = at_tokyo(spec["day"], speaker["from"]) if "from" in speaker else None
            events.add_speaker(by=self.by, occasion=occasion, starts_at=speaks_at, **pick(speaker, "from"))

    def _obligation(self, call: Call, spec: Rows, ordinal: int) -> None:
        fields = pick(spec, "form", "due_on")
        if "form" in spec:
            # The survey's wording stands from the start: whoever takes part knows what they will be asked.
            fields["form_version"] = forms.freeze(by=self.by, version=self._form(spec["form"]))
            if call.survey_version_id is None:
                calls.change_call(by=self.by, call=call, survey_version=fields["form_version"])
        participation.add_rule(by=self.by, call=call, due_on=spec.get("due_on"), ordinal=ordinal, **fields)

    def _achievement(self, call: Call, spec: Rows) -> None:
        skills = Skill.objects.filter(code__in=spec.get("skills", []))
        credentials.define_achievement(
            by=self.by, council=self.council, call=call, skills=skills, **pick(spec, "skills")
        )

    def _booth(self, call: Call, spec: Rows) -> None:
        booth = events.set_booth(
            by=self.by,
            call=call,
            **{**pick(spec, "slots"), "host_body": self.bodies[spec["host_body"]]},
        )
        for slot in spec["slots"]:
            starts_at, ends_at = span(slot)
            events.add_slot(
                by=self.by, booth=booth, starts_at=starts_at, ends_at=ends_at, capacity=slot["capacity"]
            )

    def _begin(self, call: Call, state: str) -> None:
        if state == StartState.ANNOUNCED:
            calls.announce_call(by=self.by, call=call)
        elif state == StartState.OPEN:
            # The demo's calls have been open for a while; a real one's terms are fixed when it really opens.
            begun = (
                call.opens_at if self.demo and call.opens_at and call.opens_at < self.by.at else self.by.at
            )
            calls.open_call(by=self.by.now(begun), call=call)
        elif state == StartState.FINISHED:
            # It ran elsewhere, before this product: no step of it is replayed here.
            Call.objects.filter(pk=call.pk).update(
                state=Call.State.FINISHED, frozen_at=call.opens_at or self.by.at
            )


def span(spec: Rows) -> tuple[datetime, datetime]:
    return at_tokyo(spec["day"], spec["from"]), at_tokyo(spec["day"], spec["to"])


def first_day(spec: Rows) -> date | None:
    days = [row["day"] for row in spec.get("occasions", []) if "day" in row]
    return spec.get("starts_on") or (min(days) if days else None)


def close_of(spec: Rows) -> datetime:
    """The call's close; `day_before` is the end of the day before its first day."""
    value: Any = spec["closes_at"]
    if value != DAY_BEFORE:
        return value  # type: ignore[no-any-return]
    day = first_day(spec)
    assert day is not None
    return end_of_day_before(day)


def problems_of(spec: Rows) -> list[tuple[str, str]]:
    """What a call's fields say against each other, as (field, message)."""
    found = []
    if spec.get("closes_at") == DAY_BEFORE and first_day(spec) is None:
        found.append(("closes_at", _("day_before には、実施の初日（starts_on か occasions）が要ります。")))
    elif "closes_at" in spec and "opens_at" in spec and close_of(spec) <= spec["opens_at"]:
        found.append(("closes_at", _("締切は、受付の開始より後にしてください。")))
    if "bodies" in spec and not any(row.get("role") == CallBody.Role.HOST for row in spec["bodies"]):
        found.append(("bodies", _("主催（host）の団体を一つ以上書いてください。")))
    if "starts_on" in spec and "ends_on" in spec and spec["ends_on"] < spec["starts_on"]:
        found.append(("ends_on", _("実施期間の終わりは始まりより後の日にしてください。")))
    for name in ("occasions", "obligations"):
        for place, row in enumerate(spec.get(name, []), 1):
            if {"from", "to"} <= row.keys() and row["to"] <= row["from"]:
                found.append((f"{name}[{place}].to", _("終わりの時刻は、始まりより後にしてください。")))
    for name, form in _forms_of(spec):
        found += [(f"{name}.{field}", message) for field, message in _form_problems(form)]
    return found


def _forms_of(spec: Rows) -> list[tuple[str, Rows]]:
    named = [("form", spec["form"])] if "form" in spec else []
    rules = enumerate(spec.get("obligations", []), 1)
    return named + [(f"obligations[{place}].form", rule["form"]) for place, rule in rules if "form" in rule]


def _form_problems(form: Rows) -> list[tuple[str, str]]:
    found, earlier = [], set()
    for place, question in enumerate(form.get("questions", []), 1):
        condition = question.get("show_if")
        if condition and condition.get("question") not in earlier:
            found.append(
                (f"questions[{place}].show_if", _("表示する条件には、この質問より前の質問を選んでください。"))
            )
        earlier.add(question.get("key"))
    return found
