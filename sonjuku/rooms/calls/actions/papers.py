"""What a call's papers say besides its terms, and the addresses that other bodies spread."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions._shared import own, refuse_if
from sonjuku.rooms.calls.models import Call, PaperTerms, ReferralLink
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import ShortCode
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.counting import bulletin_length
from sonjuku.toolbox.ids import short_code

TERMS = {
    "document_number",
    "signatory_title",
    "signatory_name",
    "seal_omitted",
    "appeal_notice",
    "fax_number",
    "deadline_by",
}


def locked_terms(call: Call) -> PaperTerms:
    """The call's row, made when there is none, locked until the transaction ends."""
    PaperTerms.objects.get_or_create(call=call)
    return PaperTerms.objects.select_for_update().select_related("call").get(call=call)


@writes
def set_paper_terms(*, by: Actor, call: Call, **fields: Any) -> PaperTerms:
    """文書番号, 職氏名, 公印省略, 教示文, FAX and how post is counted. Raises ValueError for any other field."""
    own(by, call.council_id)
    if unknown := set(fields) - TERMS:
        raise ValueError(f"not a term of papers: {sorted(unknown)}")
    terms = locked_terms(call)
    changed = [name for name, value in fields.items() if getattr(terms, name) != value]
    for name in changed:
        setattr(terms, name, fields[name])
    if changed:
        terms.save(update_fields=changed)
        record(by=by, verb="call.papers_changed", subject=call, field_names=changed)
    return terms


@writes
def keep_bulletin(*, by: Actor, call: Call, text: str, length: int) -> PaperTerms:
    """Keep the 広報紙の文 of at most `length` full-width characters. Refused: too_long."""
    own(by, call.council_id)
    over = bulletin_length(text) - length
    refuse_if(
        over > 0,
        "too_long",
        format_lazy(_("文が{over}字長すぎます。"), over=over),
        _("文を短くするか、字数を増やしてください。「字数に合わせて縮める」も使えます。"),
    )
    terms = locked_terms(call)
    terms.bulletin_text, terms.bulletin_length = text, length
    terms.save(update_fields=["bulletin_text", "bulletin_length"])
    record(by=by, verb="call.papers_changed", subject=call, field_names=["bulletin_text", "bulletin_length"])
    return terms


@writes
def door_of(*, by: Actor, call: Call, path: str) -> ShortCode:
    """The lasting code, to type at /k/, of the call's public page at `path`; the same one each time."""
    own(by, call.council_id)
    terms = locked_terms(call)
    if terms.short_code is None or terms.short_code.path != path:
        terms.short_code = _new_code(path)
        terms.save(update_fields=["short_code"])
    return terms.short_code


def _new_code(path: str) -> ShortCode:
    while True:
        row, created = ShortCode.objects.get_or_create(code=short_code(), defaults={"path": path})
        if created:
            return row


@writes
def make_referral_links(*, by: Actor, call: Call, bodies: Iterable[Body]) -> int:
    """Give each body its own address of the call; returns how many are new. Refused: other_council."""
    bodies = list(bodies)
    own(by, call.council_id, *bodies)
    have = set(call.referral_links.values_list("body_id", flat=True))
    made = sum(_make_link(call, body) for body in bodies if body.id not in have)
    if made:
        record(by=by, verb="call.referrals_made", subject=call)
    return made


def _make_link(call: Call, body: Body) -> int:
    for _attempt in range(3):
        try:
            with transaction.atomic():
                _row, created = ReferralLink.objects.get_or_create(call=call, body=body)
        except IntegrityError:  # a code that another link has
            continue
        return int(created)
    return 0
