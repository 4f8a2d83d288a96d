"""How a council groups its municipalities for its numbers (振興局・圏域)."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.toolbox.refusals import Refused


@writes
def add_area_group(
    *, by: Actor, council: Council, slug: str, title: str, lg_codes: Sequence[str], **fields: Any
) -> AreaGroup:
    """A group of municipalities; numbers released from now on use it. Refused: area_group_exists, in_two_groups,
    no_municipality."""
    own_council(by, council.id)
    Council.objects.select_for_update().get(pk=council.pk)
    if AreaGroup.objects.filter(council=council, slug=slug).exists():
        raise Refused(
            "area_group_exists", _("同じ記号の圏域がもうあります。"), _("ほかの記号にしてください。")
        )
    _check(council, lg_codes)
    group = AreaGroup.objects.create(
        council=council, slug=slug, title=title, lg_codes=sorted(set(lg_codes)), **fields
    )
    record(by=by, verb="area_group.added", subject=group)
    return group


@writes
def change_area_group(*, by: Actor, group: AreaGroup, **fields: Any) -> AreaGroup:
    """Change names, order or municipalities; what is released already keeps its grouping. Refused as above."""
    own_council(by, group.council_id)
    Council.objects.select_for_update().get(pk=group.council_id)
    if "lg_codes" in fields:
        fields["lg_codes"] = sorted(set(fields["lg_codes"]))
        _check(group.council, fields["lg_codes"], group)
    changed = update(group, fields)
    if changed:
        record(by=by, verb="area_group.changed", subject=group, field_names=changed)
    return group


def _check(council: Council, lg_codes: Sequence[str], group: AreaGroup | None = None) -> None:
    if not lg_codes:
        raise Refused("no_municipality", _("市区町村が一つもありません。"), _("一つ以上を書いてください。"))
    for other in AreaGroup.objects.filter(council=council):
        if other != group and set(lg_codes) & set(other.lg_codes):
            raise Refused(
                "in_two_groups",
                _("ほかの圏域「%(title)s」に入っている市区町村があります。") % {"title": other.title},
                _("一つの市区町村は一つの圏域だけに入れてください。"),
            )
