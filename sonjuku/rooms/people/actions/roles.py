from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council
from sonjuku.rooms.people.models import Account, Body, Council, Role
from sonjuku.rooms.people.rules import covered_from
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused


@writes
def grant_role(
    *,
    by: Actor,
    account: Account,
    body: Body,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    title: str = "",
) -> Role:
    """Give a role from a day to a day (inclusive); nobody sees or holds it before. Twice the same gives one row."""
    own_council(by, body.council_id)
    if ends_on is not None and ends_on < starts_on:
        raise Refused("role_order", _("終わりの日が始まりの日より前です。"), _("日付を直してください。"))
    role, created = Role.objects.get_or_create(
        council_id=body.council_id,
        body=body,
        account=account,
        kind=kind,
        starts_on=starts_on,
        defaults={"ends_on": ends_on, "title": title},
    )
    if created:
        record(by=by, verb="role.granted", subject=role, field_names=["kind", "starts_on", "ends_on"])
    return role


@writes
def end_role(*, by: Actor, role: Role, on: date) -> Role | None:
    """Let a role end with the day `on` (its last). One that would never have begun is removed: then None.

    Refused("last_administrator") unless other administrators cover every day after; Refused("role_ended") if it
    ended earlier already.
    """
    own_council(by, role.council_id)
    # One lock per council: two administrators must not leave at the same moment.
    Council.objects.select_for_update().get(pk=role.council_id)
    role = Role.objects.get(pk=role.pk)
    if role.ends_on == on:
        return role
    if role.ends_on is not None and role.ends_on < min(on, day_of(by.at)):
        raise Refused(
            "role_ended", _("この役割はすでに終わっています。"), _("新しい役割を登録してください。")
        )
    if role.kind == Role.Kind.ADMINISTRATOR and (role.ends_on is None or on < role.ends_on):
        others = Role.objects.filter(
            council_id=role.council_id, kind=Role.Kind.ADMINISTRATOR, account__is_active=True
        ).exclude(pk=role.pk)
        if not covered_from(others.values_list("starts_on", "ends_on"), on + timedelta(days=1)):
            raise Refused(
                "last_administrator",
                _("ほかに管理者がいないため、この管理者は外せません。"),
                _("先に、続けて管理者になる人を登録してください。"),
            )
    if on < role.starts_on:
        record(by=by, verb="role.cancelled", subject=role)
        role.delete()
        return None
    role.ends_on = on
    role.save(update_fields=["ends_on"])
    record(by=by, verb="role.ended", subject=role, field_names=["ends_on"])
    return role
