"""What is done to a skill map: publish the draft, give what is due, end it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import qualifying
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import SkillMap
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.proof_deeds import Deed, carry_out
from sonjuku.web.staff.skill_maps import map_or_404
from sonjuku.web.templatetags.sonjuku_ui import tr


def _publish(by: Actor, row: SkillMap) -> None:
    draft = paths.draft(row)
    if draft is None:
        raise Refused(
            "no_draft", _("公開する下書きがありません。"), _("先に、条件を直して保存してください。")
        )
    qualifying.publish(by=by, version=draft)


def _give(by: Actor, row: SkillMap) -> None:
    current = paths.current(row)
    if current is None or row.closed_at is not None:
        raise Refused("not_in_force", _("いま有効な版がありません。"), _("先に、下書きを公開してください。"))
    qualifying.give_due(by=by, version=current)


DEEDS: dict[str, Deed] = {
    "publish": Deed(
        _("この版を公開しますか"), _("これから条件を満たす人に、この版でバッジを渡します。"), _("この版を公開する"),
        lambda by, row, data: _publish(by, row), _("公開しました。条件を満たした人に、順にバッジを渡します。"),
        consequences=(
            _("公開した版は、直せません。条件を変えるときは、新しい版を作ります。"),
            _("前の版で条件を満たしていた人には、先に前の版でバッジを渡します。渡したバッジは、なくなりません。"),
        ),
    ),
    "give": Deed(
        _("いま条件を満たしている人に渡しますか"), _("待たなくても、毎日の仕事が自動で渡します。すぐに渡したいときに使います。"), _("バッジを渡す"),
        lambda by, row, data: _give(by, row), _("渡しました。本人にお知らせが届きます。"),
    ),
    "close": Deed(
        _("このスキルマップを終わりますか"), _("新しくバッジを渡すことを、やめます。"), _("終わりにする"),
        lambda by, row, data: actions.close_map(by=by, skill_map=row), _("終わりにしました。"),
        consequences=(_("渡したバッジは、なくなりません。"), _("取り消しはできません。")),
    ),
}  # fmt: skip


@staff("calls.write")
def map_action(request: HttpRequest, council: Council, skill_map_id: uuid.UUID, action: str) -> HttpResponse:
    row, deed = map_or_404(request, skill_map_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    crumbs = [
        (reverse("staff:skill_maps", args=[council.slug]), _("スキルマップ")),
        (reverse("staff:skill_map", args=[council.slug, row.id]), tr(row, "title")),
    ]
    back = ("staff:skill_map", council.slug, row.id)
    return carry_out(request, deed, row, back=back, crumbs=crumbs, about=tr(row, "title"))


map_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
