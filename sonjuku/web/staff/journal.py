"""The journal at the desk: what was done when, in which role; never a name, never a value."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Role
from sonjuku.toolbox.dates import at_tokyo, end_of_day
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, date_field
from sonjuku.web.staff.rows import page_of

NOUNS: dict[str, Any] = {
    "achievement": _("バッジの定義"), "agreement": pgettext_lazy("記録", "連携協定"), "answers": _("回答"), "application": _("申込み"),
    "award": _("バッジ"), "body": _("団体"), "booth": _("出展"), "call": pgettext_lazy("記録", "募集"), "consent": _("同意"),
    "council": _("協議会"), "form": _("様式"), "guardian": _("保護者"), "guardian_rule": _("保護者の同意の決まり"),
    "issuer_key": _("発行の鍵"), "letter": pgettext_lazy("記録", "お知らせ"), "letter_template": _("お知らせの文例"), "line": _("事業の区分"),
    "membership": pgettext_lazy("記録", "構成団体"), "obligation": _("参加者がすること"), "obligation_rule": _("参加者がすることの決まり"),
    "occasion": _("開催の回"), "participation": _("参加"), "party": _("協定の当事者"), "person": _("個人の記録"),
    "profile": _("登録情報"), "programme": _("事業"), "programme_year": _("年度事業"), "question": _("質問"),
    "response": _("回答"), "review": _("審査"), "role": _("役割"), "selection": _("選考"), "slot": _("予約枠"),
    "speaker": _("登壇者"), "tie": _("地域とのつながり"), "upload": _("ファイル"), "vocabulary": _("用語"),
}  # fmt: skip
DONE: dict[str, Any] = {
    "added": _("追加"), "announced": _("発表"), "approved": _("決裁の記録"), "asked": _("依頼"), "booked": _("予約"),
    "cancelled": _("取消し"), "changed": _("変更"), "check_in_undone": _("受付の取消し"), "checked": _("照合"),
    "checked_in": _("当日の受付"), "claim_failed": _("本人との結びつけの失敗"), "claimed": _("本人との結びつけ"), "cloned": _("写し"), "closed": _("受付終了"),
    "completed": _("修了"), "confirmed": _("参加の確認"), "copied": _("写し"), "created": _("作成"),
    "decided": _("決定"), "declared": _("利害関係の申告"), "declined": _("辞退"), "defined": _("作成"),
    "drawn": _("抽選"), "dropped": _("削除"), "ended": _("終了"), "erased": _("消去"), "excluded": _("対象外の判定"),
    "fact_checked": _("事実の確認"), "failed": _("送信の失敗"), "finished": _("終了"), "frozen": _("固定"),
    "fulfilled": _("完了"), "given": _("同意"), "granted": _("任命"), "imported": _("取込み"), "invited": _("招待"),
    "issued": _("発行"), "joined": _("加入"), "lapsed": _("期限切れ"), "left": _("脱退"), "loaded": _("取込み"),
    "mode_switched": _("開催方法の切替え"), "moved": _("並べ替え"), "named": _("登録"), "offered": _("席のご案内"),
    "opened": _("受付開始"), "queued": _("送信の予約"), "refused": _("不同意"), "released": _("取消し"),
    "removed": _("削除"), "renamed": _("名称の変更"), "requeued": _("再送"), "resumed": _("再開"), "saved": _("保存"),
    "sent": _("送信"), "set": _("設定"), "shown": _("公開範囲の変更"), "started": _("開始"), "stored": _("保管"),
    "submitted": _("提出"), "undone": _("取消し"), "version_added": _("新しい版の作成"), "waived": _("免除"),
    "withdrawn": _("取下げ"),
}  # fmt: skip
ACTING: dict[str, Any] = {
    **dict(Role.Kind.choices),
    "member": _("本人"),
    "guardian": _("保護者"),
    "public": _("公開のページ"),
    "system": pgettext_lazy("だれが", "自動"),
}


class JournalFilter(DeskForm):
    noun = forms.ChoiceField(
        label=_("何について"), required=False, choices=[("", _("すべて")), *NOUNS.items()]
    )
    since = date_field(_("この日から"))
    until = date_field(_("この日まで"))


class Line(NamedTuple):
    """One entry in words. `verb` stays for whoever searches for it."""

    at: Any
    noun: Any
    done: Any
    verb: str
    role: Any
    body: str
    fields: str


def described(entries: Iterable[Entry], bodies: dict[Any, str] | None = None) -> list[Line]:
    """Entries in the reader's language; `bodies` gives names of bodies by id. Unknown verbs stand as they are."""
    lines = []
    for entry in entries:
        noun, _dot, done = entry.verb.partition(".")
        lines.append(
            Line(
                entry.at, NOUNS.get(noun, noun), DONE.get(done, done), entry.verb,
                ACTING.get(entry.actor_role, entry.actor_role), (bodies or {}).get(entry.actor_body_id, ""),
                ", ".join(entry.field_names),
            )
        )  # fmt: skip
    return lines


@staff("journal.read")
def journal_page(request: HttpRequest, council: Council) -> HttpResponse:
    form = JournalFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    rows = Entry.objects.filter(council_id=council.id)
    if data.get("noun"):
        rows = rows.filter(verb__startswith=f"{data['noun']}.")
    if data.get("since"):
        rows = rows.filter(at__gte=at_tokyo(data["since"]))
    if data.get("until"):
        rows = rows.filter(at__lt=end_of_day(data["until"]))
    page = page_of(request, rows)
    names = {body.id: str(body) for body in people.bodies(council)}
    context = {"page_obj": page, "lines": described(page.object_list, names), "filter": form}
    return render(request, "staff/journal.html", context)
