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
from sonjuku.rooms.programmes.rules import LONGEST_ALERT
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
    """Refused: ends_before_it_starts, alert_days."""
    _own(by, agreement)
    starts_on, ends_on = (fields.get(name, getattr(agreement, name)) for name in ("starts_on", "ends_on"))
    _in_order(starts_on, ends_on)
    if any(not 0 < days <= LONGEST_ALERT for days in fields.get("alert_days", ())):
        raise Refused(
            "alert_days",
            _("知らせる日数を確かめてください。"),
            _("1から366までの数にします。例：90, 30"),
        )
    changed = _update(agreement, fields)
    if changed:
        record(by=by, verb="agreement.changed", subject=agreement, field_names=changed)
    return agreement


def _in_order(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused(
            "ends_before_it_starts",
            _("終わりの日が、始まりの日より前です。"),
            _("日付を確かめてください。"),
        )


@writes
def renew_agreement(
    *, by: Actor, agreement: Agreement, signed_on: date, starts_on: date, ends_on: date | None, **fields: Any
) -> Agreement:
    """The agreement that carries this one on, with its parties and matters; the old one stays as it was.

    `fields`: title, title_en, ends_provisionally; what is left out is as before. A second renewal is
    Refused("renewed"). Refused: ends_before_it_starts, not_after.
    """
    _own(by, agreement)
    old = Agreement.objects.select_for_update().get(pk=agreement.pk)
    _in_order(starts_on, ends_on)
    if old.renewals.exists():
        raise Refused(
            "renewed",
            _("この協定の更新は、すでに記録されています。"),
            _("更新後の協定を開いて確かめてください。"),
        )
    if old.ends_on and starts_on <= old.ends_on:
        raise Refused(
            "not_after",
            _("更新後の始まりの日が、前の協定の期間と重なっています。"),
            _("前の協定の終わりの日より後の日にしてください。"),
        )
    kept = {name: getattr(old, name) for name in ("title", "title_en", "summary", "alert_days")}
    new = Agreement.objects.create(
        council_id=old.council_id, slug=_next_slug(old, starts_on), renews=old, signed_on=signed_on,
        starts_on=starts_on, ends_on=ends_on, **{**kept, **fields},
    )  # fmt: skip
    for party in old.parties.all():
        Party.objects.create(
            agreement=new, body_id=party.body_id, ordinal=party.ordinal, role_text=party.role_text,
            covers=party.covers,
        )  # fmt: skip
    Matter.objects.bulk_create(
        Matter(agreement=new, ordinal=row.ordinal, title=row.title) for row in old.matters.all()
    )
    record(by=by, verb="agreement.renewed", subject=new)
    return new


def _next_slug(old: Agreement, starts_on: date) -> str:
    """The old address with the year in which the new term begins; a number follows where that is taken."""
    stem = f"{old.slug[:50]}-{starts_on.year}"
    taken = set(
        Agreement.objects.filter(council_id=old.council_id, slug__startswith=stem).values_list(
            "slug", flat=True
        )
    )
    return next(
        slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


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
