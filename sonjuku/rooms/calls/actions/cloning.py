"""Next year: last year's call as a new draft."""

from typing import Any

from sonjuku.rooms.calls.actions._shared import own
from sonjuku.rooms.calls.actions.calls import save_code
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import years_later
from sonjuku.rooms.forms.actions import copy_form
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor

_NOT_COPIED = {
    *("id", "code", "state", "announced_at", "frozen_at", "published_at", "updated_at"),
    *("cloned_from", "historic_applications", "source_key", "selection_run", "run_ordinal", "draws_at"),
}


@writes
def clone_call(*, by: Actor, call: Call, code: str, years: int = 1) -> Call:
    """Last year's call as a new draft: days and deadlines moved by whole years, each on its weekday.

    Forms are copied as drafts. Approvals, the seed's source and the agreement's end are this year's business: approvals
    and seed source start empty. Refused: code_taken, other_council. Occasions and obligations: flows.calling.clone.
    """
    own(by, call.council_id)
    source = Call.objects.get(pk=call.pk)
    values = {
        f.attname: getattr(source, f.attname) for f in Call._meta.concrete_fields if f.name not in _NOT_COPIED
    }
    values = {name: years_later(value, years) for name, value in values.items()}
    clone = Call(**values, code=code, cloned_from=source)
    clone.seed_source = clone.seed_source_en = ""
    for field in ("form_version", "survey_version"):
        version = getattr(source, field)
        if version is not None:
            setattr(clone, field, copy_form(by=by, form=version.form).versions.get())
    save_code(clone)
    clone.audiences.set(source.audiences.all())
    for rows in (
        source.bodies,
        source.seat_pools,
        source.eligibility_rules,
        source.priority_rules,
        source.criteria,
    ):
        for row in rows.all():
            _copy_row(row, clone, years)
    record(by=by, verb="call.cloned", subject=clone)
    return clone


def _copy_row(row: Any, clone: Call, years: int) -> None:
    kept = {
        field.attname: years_later(getattr(row, field.attname), years)
        for field in row._meta.concrete_fields
        if field.name not in {"id", "call", "taken"}
    }
    type(row).objects.create(call=clone, **kept)
