"""Writing lines of work, programmes and agreements. A slug never changes: names may, URLs stay."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes.models import Agreement, BusinessLine, Matter, Party, Programme, ProgrammeYear
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.refusals import Refused


def _own(by: Actor, row: models.Model) -> None:
    if by.council_id is not None and by.council_id != row.council_id:  # type: ignore[attr-defined]
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))


def _update(row: models.Model, fields: dict[str, Any]) -> list[str]:
    if "slug" in fields:
        raise ValueError("slug_is_fixed")
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save()
    return changed


@writes
def create_line(
    *, by: Actor, council: Council, slug: str, ordinal: int, title: str, **fields: Any
) -> BusinessLine:
    _own(by, council)
    line = BusinessLine.objects.create(council=council, slug=slug, ordinal=ordinal, title=title, **fields)
    record(by=by, verb="line.created", subject=line)
    return line


@writes
def change_line(*, by: Actor, line: BusinessLine, **fields: Any) -> BusinessLine:
    """Rename or reorder; the slug, and so every URL, stays."""
    _own(by, line)
    changed = _update(line, fields)
    if changed:
        record(by=by, verb="line.changed", subject=line, field_names=changed)
    return line


@writes
def create_programme(
    *, by: Actor, line: BusinessLine, slug: str, title: str, audiences: Iterable[str], **fields: Any
) -> Programme:
    """A programme of one line of work, for at least one audience (its code): Refused("no_audience") without."""
    _own(by, line)
    codes = list(audiences)
    if not codes:
        raise Refused("no_audience", _("対象者がありません。"), _("だれのための事業かを選んでください。"))
    programme = Programme.objects.create(
        council_id=line.council_id, business_line=line, slug=slug, title=title, **fields
    )
    programme.audiences.set(Audience.objects.filter(code__in=codes))
    record(by=by, verb="programme.created", subject=programme)
    return programme


@writes
def change_programme(
    *, by: Actor, programme: Programme, audiences: Iterable[str] | None = None, **fields: Any
) -> Programme:
    _own(by, programme)
    changed = _update(programme, fields)
    if audiences is not None:
        codes = set(audiences)
        if not codes:
            raise Refused("no_audience", _("対象者がありません。"), _("だれのための事業かを選んでください。"))
        if codes != set(programme.audiences.values_list("code", flat=True)):
            programme.audiences.set(Audience.objects.filter(code__in=codes))
            changed.append("audiences")
    if changed:
        record(by=by, verb="programme.changed", subject=programme, field_names=changed)
    return programme


@writes
def set_year(*, by: Actor, programme: Programme, fiscal_year: int, **fields: Any) -> ProgrammeYear:
    """One fiscal year of the programme: title, funding, commissioner, contractor, figures as reported."""
    _own(by, programme)
    year, created = ProgrammeYear.objects.get_or_create(
        programme=programme, fiscal_year=fiscal_year, defaults={"council_id": programme.council_id, **fields}
    )
    changed = sorted(fields) if created else _update(year, fields)
    if created or changed:
        record(by=by, verb="programme_year.set", subject=year, field_names=changed)
    return year


@writes
def create_agreement(
    *, by: Actor, council: Council, slug: str, title: str, signed_on: date, **fields: Any
) -> Agreement:
    """`starts_on` and `ends_on` are both inclusive; `renews` names the agreement that this one carries on."""
    _own(by, council)
    agreement = Agreement.objects.create(
        council=council, slug=slug, title=title, signed_on=signed_on, **fields
    )
    record(by=by, verb="agreement.created", subject=agreement)
    return agreement


@writes
def change_agreement(*, by: Actor, agreement: Agreement, **fields: Any) -> Agreement:
    _own(by, agreement)
    changed = _update(agreement, fields)
    if changed:
        record(by=by, verb="agreement.changed", subject=agreement, field_names=changed)
    return agreement


@writes
def set_party(
    *, by: Actor, agreement: Agreement, ordinal: int, body: Body, role_text: str, **fields: Any
) -> Party:
    """Party number `ordinal` with its role as written; `covers` are the words by which requests find it."""
    _own(by, agreement)
    values = {"body_id": body.id, "role_text": role_text, **fields}
    party, created = Party.objects.get_or_create(agreement=agreement, ordinal=ordinal, defaults=values)
    changed = sorted(values) if created else _update(party, values)
    if changed:
        record(by=by, verb="party.set", subject=party, field_names=changed)
    return party


@writes
def set_matters(*, by: Actor, agreement: Agreement, titles: list[str]) -> list[Matter]:
    """The agreement's numbered matters, replaced as a whole when they differ."""
    _own(by, agreement)
    standing = list(agreement.matters.all())
    if [matter.title for matter in standing] == titles:
        return standing
    agreement.matters.all().delete()
    rows = Matter.objects.bulk_create(
        Matter(agreement=agreement, ordinal=ordinal, title=title) for ordinal, title in enumerate(titles, 1)
    )
    record(by=by, verb="agreement.changed", subject=agreement, field_names=["matters"])
    return rows
