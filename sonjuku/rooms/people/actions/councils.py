from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.models import Body, Council, GuardianRule, Membership
from sonjuku.rooms.people.rules import MINIMUM_CONTRAST, contrast_with_white
from sonjuku.toolbox.refusals import Refused

# What the journal says when the list of first steps is put away, and taken out again: the later of them holds.
FIRST_STEPS_AWAY, FIRST_STEPS_BACK = "first_steps.put_away", "first_steps.put_back"


def _check_colour(colour: str) -> None:
    try:
        enough = contrast_with_white(colour) >= MINIMUM_CONTRAST
    except ValueError:
        enough = False
    if not enough:
        raise Refused(
            "colour_contrast",
            _("この色では、白い文字が読みにくくなります。"),
            _("もっと濃い色を #1a2b3c の形で選んでください。"),
        )


@writes
def create_council(*, by: Actor, slug: str, title: str, lg_code: str, **fields: Any) -> Council:
    """A new tenant. Refused("colour_contrast") if white text on `colour` would be below 4.5:1."""
    if "colour" in fields:
        _check_colour(fields["colour"])
    council = Council.objects.create(slug=slug, title=title, lg_code=lg_code, **fields)
    record(by=by, verb="council.created", subject=council, council_id=council.id)
    return council


@writes
def change_council(*, by: Actor, council: Council, **fields: Any) -> Council:
    """Change texts, contact, colour or pattern; journals the names of what differs."""
    own_council(by, council.id)
    if "colour" in fields:
        _check_colour(fields["colour"])
    changed = update(council, fields)
    if changed:
        record(by=by, verb="council.changed", subject=council, council_id=council.id, field_names=changed)
    return council


@writes
def add_body(*, by: Actor, council: Council, type: str, name: str, **fields: Any) -> Body:
    """A body that works with the council; `branch` apart from `name`. It is no member until it joins."""
    own_council(by, council.id)
    body = Body.objects.create(council=council, type=type, name=name, **fields)
    record(by=by, verb="body.added", subject=body)
    return body


@writes
def change_body(*, by: Actor, body: Body, **fields: Any) -> Body:
    own_council(by, body.council_id)
    changed = update(body, fields)
    if changed:
        record(by=by, verb="body.changed", subject=body, field_names=changed)
    return body


@writes
def join(*, by: Actor, council: Council, body: Body, on: date, ordinal: int = 0) -> Membership:
    """The body is a member from that day on. If it is one then already, that membership is returned."""
    own_council(by, council.id)
    if body.council_id != council.id:
        raise Refused("other_council", _("ほかの協議会の団体は加えられません。"))
    standing = (
        Membership.objects.filter(council=council, body=body, joined_on__lte=on)
        .filter(Q(left_on__isnull=True) | Q(left_on__gte=on))
        .first()
    )
    if standing is not None:
        return standing
    membership = Membership.objects.create(council=council, body=body, joined_on=on, ordinal=ordinal)
    record(by=by, verb="membership.joined", subject=membership)
    return membership


@writes
def leave(*, by: Actor, membership: Membership, on: date) -> Membership:
    """The membership ends with that day (its last); the row stays as history."""
    own_council(by, membership.council_id)
    if on < membership.joined_on:
        raise Refused("membership_order", _("脱退の日が加入の日より前です。"), _("日付を直してください。"))
    if membership.left_on != on:
        membership.left_on = on
        membership.save(update_fields=["left_on"])
        record(by=by, verb="membership.left", subject=membership, field_names=["left_on"])
    return membership


@writes
def set_guardian_rule(
    *, by: Actor, council: Council, valid_from: date, required_under: int, required_stages: list[str]
) -> GuardianRule:
    """Who needs a guardian's consent from that day on; an earlier rule keeps deciding about earlier days."""
    own_council(by, council.id)
    rule, _created = GuardianRule.objects.update_or_create(
        council=council,
        valid_from=valid_from,
        defaults={"required_under": required_under, "required_stages": required_stages},
    )
    record(by=by, verb="guardian_rule.set", subject=rule, field_names=["required_under", "required_stages"])
    return rule


@writes
def put_first_steps(*, by: Actor, council: Council, away: bool) -> None:
    """The secretariat no longer wants to see the list of first steps, or wants it back; the journal keeps which."""
    own_council(by, council.id)
    verb = FIRST_STEPS_AWAY if away else FIRST_STEPS_BACK
    record(by=by, verb=verb, subject=council, council_id=council.id)
