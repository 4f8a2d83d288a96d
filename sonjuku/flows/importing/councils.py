"""Writing a checked file: the council, its bodies, lines of work, programmes and agreements."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sonjuku.flows.importing.tally import Report
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import AreaGroup, Body, Council, Membership
from sonjuku.rooms.programmes import actions as programmes
from sonjuku.rooms.programmes.models import Agreement, BusinessLine, Programme, ProgrammeYear

Rows = dict[str, Any]


def pick(spec: Rows, *left_out: str) -> Rows:
    return {name: value for name, value in spec.items() if name not in left_out}


def write_council(by: Actor, spec: Rows, report: Report, *, demo: bool) -> Council:
    fields = pick(spec, "parent")
    if "parent" in spec:
        fields["parent_id"] = Council.objects.get(slug=spec["parent"]).id
    if demo:
        fields["is_demo"] = True
    return report.put(
        "council",
        Council.objects.filter(slug=spec["slug"]).first(),
        fields,
        lambda: people.create_council(by=by, **fields),
        lambda row, changed: people.change_council(by=by, council=row, **changed),
    )


def write_bodies(by: Actor, council: Council, specs: list[Rows], report: Report) -> dict[str, Body]:
    """Bodies by the file's keys. A body is known again by its name and branch."""
    found: dict[str, Body] = {}
    for ordinal, spec in enumerate(specs, 1):
        fields = pick(spec, "key", "parent", "member_from", "member_until")
        row = Body.objects.filter(council=council, name=spec["name"], branch=spec.get("branch", "")).first()
        found[spec["key"]] = report.put(
            "bodies",
            row,
            fields,
            _adds_body(by, council, fields),
            lambda row, changed: people.change_body(by=by, body=row, **changed),
        )
        _membership(by, council, found[spec["key"]], spec, ordinal, report)
    for spec in specs:
        if "parent" in spec:
            people.change_body(by=by, body=found[spec["key"]], parent_id=found[spec["parent"]].id)
    return found


def _adds_body(by: Actor, council: Council, fields: Rows) -> Callable[[], Body]:
    return lambda: people.add_body(by=by, council=council, **fields)


def _membership(by: Actor, council: Council, body: Body, spec: Rows, ordinal: int, report: Report) -> None:
    joined_on: date | None = spec.get("member_from")
    if joined_on is None:
        return
    left_on: date | None = spec.get("member_until")
    known = Membership.objects.filter(council=council, body=body, joined_on=joined_on).first()
    membership = known or people.join(by=by, council=council, body=body, on=joined_on, ordinal=ordinal)
    ended = left_on is not None and membership.left_on != left_on
    if left_on is not None and ended:
        people.leave(by=by, membership=membership, on=left_on)
    tally = report.created if known is None else report.changed if ended else report.unchanged
    tally["memberships"] += 1


def write_areas(by: Actor, council: Council, specs: list[Rows], report: Report) -> None:
    """Groups of municipalities; all of the file's are compared as they stand."""
    for ordinal, spec in enumerate(specs, 1):
        fields = {**pick(spec, "slug"), "lg_codes": sorted(set(spec["lg_codes"])), "ordinal": ordinal}
        report.put(
            "areas",
            AreaGroup.objects.filter(council=council, slug=spec["slug"]).first(),
            fields,
            _adds_area(by, council, spec["slug"], fields),
            lambda row, changed: people.change_area_group(by=by, group=row, **changed),
        )


def _adds_area(by: Actor, council: Council, slug: str, fields: Rows) -> Callable[[], AreaGroup]:
    return lambda: people.add_area_group(by=by, council=council, slug=slug, **fields)


def write_lines(by: Actor, council: Council, specs: list[Rows], report: Report) -> dict[str, BusinessLine]:
    found: dict[str, BusinessLine] = {}
    for ordinal, spec in enumerate(specs, 1):
        fields = {**pick(spec, "slug"), "ordinal": ordinal}

        def create(slug: str = spec["slug"], fields: Rows = fields) -> BusinessLine:
            return programmes.create_line(by=by, council=council, slug=slug, **fields)

        found[spec["slug"]] = report.put(
            "lines",
            BusinessLine.objects.filter(council=council, slug=spec["slug"]).first(),
            fields,
            create,
            lambda row, changed: programmes.change_line(by=by, line=row, **changed),
        )
    return found


def write_programmes(
    by: Actor,
    council: Council,
    specs: list[Rows],
    lines: dict[str, BusinessLine],
    bodies: dict[str, Body],
    report: Report,
) -> dict[str, Programme]:
    found: dict[str, Programme] = {}
    for spec in specs:
        line = lines[spec["line"]]
        fields = pick(spec, "slug", "line", "audiences", "predecessor", "years")

        def create(spec: Rows = spec, line: BusinessLine = line, fields: Rows = fields) -> Programme:
            return programmes.create_programme(
                by=by, line=line, slug=spec["slug"], audiences=spec["audiences"], **fields
            )

        programme = report.put(
            "programmes",
            Programme.objects.filter(council=council, slug=spec["slug"]).first(),
            {**fields, "business_line_id": line.id},
            create,
            lambda row, changed: programmes.change_programme(by=by, programme=row, **changed),
        )
        programmes.change_programme(by=by, programme=programme, audiences=spec["audiences"])
        _years(by, programme, spec.get("years", []), bodies, report)
        found[spec["slug"]] = programme
    for spec in specs:
        if "predecessor" in spec:
            programmes.change_programme(
                by=by, programme=found[spec["slug"]], predecessor_id=found[spec["predecessor"]].id
            )
    return found


def _years(
    by: Actor, programme: Programme, specs: list[Rows], bodies: dict[str, Body], report: Report
) -> None:
    for spec in specs:
        fields = pick(spec, "fiscal_year", "contractor")
        if "contractor" in spec:
            fields["contractor_id"] = bodies[spec["contractor"]].id

        def create(year: int = spec["fiscal_year"], fields: Rows = fields) -> ProgrammeYear:
            return programmes.set_year(by=by, programme=programme, fiscal_year=year, **fields)

        def change(row: ProgrammeYear, changed: Rows) -> None:
            programmes.set_year(by=by, programme=programme, fiscal_year=row.fiscal_year, **changed)

        row = programme.years.filter(fiscal_year=spec["fiscal_year"]).first()
        report.put("years", row, fields, create, change)


def write_agreements(
    by: Actor, council: Council, specs: list[Rows], bodies: dict[str, Body], report: Report
) -> dict[str, Agreement]:
    found: dict[str, Agreement] = {}
    for spec in specs:
        fields = pick(spec, "slug", "renews", "parties", "matters")

        def create(slug: str = spec["slug"], fields: Rows = fields) -> Agreement:
            return programmes.create_agreement(by=by, council=council, slug=slug, **fields)

        agreement = report.put(
            "agreements",
            Agreement.objects.filter(council=council, slug=spec["slug"]).first(),
            fields,
            create,
            lambda row, changed: programmes.change_agreement(by=by, agreement=row, **changed),
        )
        for ordinal, party in enumerate(spec.get("parties", []), 1):
            programmes.set_party(
                by=by, agreement=agreement, ordinal=ordinal, **{**party, "body": bodies[party["body"]]}
            )
        if "matters" in spec:
            programmes.set_matters(by=by, agreement=agreement, titles=spec["matters"])
        found[spec["slug"]] = agreement
    for spec in specs:
        if "renews" in spec:
            programmes.change_agreement(
                by=by, agreement=found[spec["slug"]], renews_id=found[spec["renews"]].id
            )
    return found
