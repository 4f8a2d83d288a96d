"""The journal at the desk: what was done when, in which role; never a name, never a value."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.journal.words import field_word
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Role
from sonjuku.toolbox.dates import at_tokyo, end_of_day
from sonjuku.web.actors import staff
from sonjuku.web.staff.inputs import DeskForm, date_field
from sonjuku.web.staff.rows import page_of

NOUNS: dict[str, Any] = {
    "achievement": _("バッジの定義"), "api": _("外部からの読取り"), "api_token": _("外部連携のトークン"), "agreement": pgettext_lazy("記録", "連携協定"), "answers": _("回答"), "application": _("申込み"),
    "applications": _("申込者の一覧"), "article": _("記事"),
    "award": _("バッジ"), "award_batch": _("バッジの一括発行"), "area_group": _("圏域"), "release": _("集計の公表"), "reported_total": _("報告値"), "body": _("団体"), "booth": _("出展"), "call": pgettext_lazy("記録", "募集"), "companions": _("一緒に参加する人"), "consent": _("同意"),
    "council": _("協議会"), "first_steps": _("はじめの準備"), "form": _("様式"), "guardian": _("保護者"), "guardian_rule": _("保護者の同意の決まり"),
    "issuer_key": _("発行の鍵"), "letter": pgettext_lazy("記録", "お知らせ"), "letter_template": _("お知らせの文例"), "line": _("事業の区分"),
    "mailing": _("一斉のお知らせ"), "membership": pgettext_lazy("記録", "構成団体"), "obligation": _("参加者がすること"), "obligation_rule": _("参加者がすることの決まり"),
    "occasion": _("開催の回"), "participation": _("参加"), "party": _("協定の当事者"), "person": _("個人の記録"),
    "profile": _("登録情報"), "programme": _("事業"), "programme_year": _("年度事業"), "question": _("質問"),
    "response": _("回答"), "review": _("審査"), "role": _("役割"), "selection": _("選考"), "slot": _("予約枠"),
    "speaker": _("登壇者"), "tie": _("地域とのつながり"), "unsubscription": _("配信停止"), "upload": _("ファイル"), "vocabulary": _("用語"),
    "webhook": _("外部への通知"), "account": _("アカウント"), "answer": _("回答"), "data_request": _("個人情報の請求"),
    "provision": _("ほかの団体に渡した記録"), "request_rule": _("個人情報の請求の決まり"),
    "disposal": _("廃棄"), "disposals": _("廃棄"), "retention_rule": _("保存期間"), "batch": _("名簿の取込み"),
    "terms": _("利用規約"), "accessibility": _("アクセシビリティの表明"), "events": _("イベント"), "handover": _("引継書"),
    "material": _("資料"), "secretariat": pgettext_lazy("記録", "事務局"), "speakers": _("登壇者"), "uploads": _("ファイル"),
    "certificate": _("ほかで受けた証明"), "certificate_kind": _("受け付ける証明"), "share_link": _("共有リンク"), "endorsement": _("認定証"), "skill_map": _("スキルマップ"),
    "wallet_connection": _("アプリとのつながり"), "activity": _("活動の記録"),
    "experience_route": _("実務経験の申請の受付"), "dossier": _("実務経験の申請"),
    "matching": _("マッチング"), "matching_member": _("マッチングの参加者"), "introduction": _("マッチングの引き合わせ"),
}  # fmt: skip
DONE: dict[str, Any] = {
    "looked_at": _("一人目の確認"), "looked_again": _("署名の再確認"), "items_set": _("条件の変更"), "judged": _("審査の判断"), "awarded": _("認定"),
    "added": _("追加"), "announced": _("発表"), "approved": _("決裁の記録"), "asked": _("依頼"), "booked": _("予約"), "bounced": pgettext_lazy("記録", "不達"),
    "cancelled": _("取消し"), "changed": _("変更"), "check_in_undone": _("受付の取消し"), "checked": _("照合"),
    "checked_in": pgettext_lazy("記録", "当日の受付"), "claim_failed": _("本人との結びつけの失敗"), "claimed": _("本人との結びつけ"), "cloned": _("写し"), "closed": pgettext_lazy("記録", "受付終了"),
    "completed": pgettext_lazy("記録", "修了"), "confirmed": _("参加の確認"), "copied": _("写し"), "created": _("作成"),
    "decided": _("決定"), "declared": _("利害関係の申告"), "declined": pgettext_lazy("記録", "辞退"), "defined": _("作成"),
    "drawn": pgettext_lazy("記録", "抽選"), "dropped": pgettext_lazy("記録", "削除"), "ended": pgettext_lazy("記録", "終了"), "erased": _("消去"), "excluded": _("対象外の判定"), "exported": pgettext_lazy("記録", "書き出し"),
    "fact_checked": _("事実の確認"), "failed": _("送信の失敗"), "finished": pgettext_lazy("記録", "終了"), "frozen": _("固定"),
    "fulfilled": _("完了"), "given": pgettext_lazy("記録", "同意"), "granted": _("任命"), "handed": pgettext_lazy("記録", "紙などでのお届け"), "imported": pgettext_lazy("記録", "取込み"), "invited": pgettext_lazy("記録", "招待"),
    "issued": _("発行"), "joined": _("加入"), "lapsed": pgettext_lazy("記録", "期限切れ"), "left": _("脱退"), "loaded": pgettext_lazy("記録", "取込み"),
    "mode_switched": _("開催方法の切替え"), "moved": _("並べ替え"), "named": _("登録"), "offered": _("席のご案内"),
    "opened": _("受付開始"), "published": pgettext_lazy("記録", "公開"), "queued": _("送信の予約"), "refused": _("不同意"), "released": _("取消し"),
    "read": _("閲覧"), "removed": pgettext_lazy("記録", "削除"), "renamed": _("名称の変更"), "requeued": _("再送"), "resumed": _("再開"), "returned": pgettext_lazy("記録", "差戻し"), "revoked": _("取消し"), "saved": _("保存"), "scheduled": _("送信の予約"),
    "numbered": _("番号付け"), "papers_changed": _("書類に書くことの変更"), "printed": _("名前の印刷"), "put_away": _("片づけ"), "put_back": _("再表示"), "referrals_made": _("団体のQRコードの作成"),
    "sent": _("送信"), "set": pgettext_lazy("記録", "設定"), "shown": _("公開範囲の変更"), "started": _("開始"), "stopped": _("停止"), "stored": _("保管"),
    "submitted": _("提出"), "tested": _("試しの送信"), "undone": _("取消し"), "version_added": _("新しい版の作成"), "waived": _("免除"),
    "withdrawn": pgettext_lazy("記録", "取下げ"), "corrected": _("訂正"),
    "prepared": _("準備"), "voided": _("無効"), "number_typed": _("公開の数の入力"), "compared": _("二重かどうかの照合"), "reordered": _("希望の順の変更"), "decision_noted": _("選んだ理由の記録"), "disclosed": _("開示のファイルの作成"), "downloaded": pgettext_lazy("記録", "ダウンロード"),
    "identity_checked": pgettext_lazy("記録", "本人確認"), "kept": _("保存"), "met": _("対応"),
    "proposed": pgettext_lazy("記録", "廃棄の提案"), "carried_on": pgettext_lazy("記録", "廃棄の実行"), "done": pgettext_lazy("記録", "廃棄の終わり"), "disposed": pgettext_lazy("記録", "廃棄"),
    "recorded": pgettext_lazy("記録", "記録"), "accepted": pgettext_lazy("記録", "同意"),
    "received": pgettext_lazy("記録", "受付"), "turned_down": _("応じない回答"), "viewed": _("閲覧"),
    "renewed": _("更新の記録"), "handed_over": _("担当の引継ぎ"), "entrusted": _("保管者の記録"), "given_back": _("途中で止まった取込みの再開"),
    "mapped": _("列の対応づけ"), "staged": _("ファイルの読取り"), "promoted": _("申込みへの登録"), "report_read": _("報告の閲覧"), "row_repaired": _("行の訂正"),
    "rows_left_out": _("行の除外"), "rows_taken_back": _("行の除外の取消し"), "looked_for": _("期限の確かめ"), "swept": _("不要なものの片づけ"),
    "resigned": _("署名のし直し"), "retired": _("使用の終わり"), "struck": _("取消し"), "resealed": _("封のし直し"), "suspended": _("一時停止"), "reinstated": _("一時停止の解除"),
    "allowed": _("本人の許可"), "certified": _("証明"), "taken_back": _("本人の許可の終わり"), "put_in_wallet": _("ウォレットアプリへの受け渡し"),
    "made": _("作成"), "reported": _("報告の受取り"), "beacon_put": _("公開の乱数の貼付け"), "drafted": _("下書きの保存"), "entered": _("本人の代わりの入力"), "reminded": _("もう一度のお願い"),
}  # fmt: skip
# Where the noun gives the second word another meaning.
WHOLE: dict[str, Any] = {
    "upload.opened": _("閲覧"), "council.opened": _("開設"), "disposal.kept": _("保存の延長"), "handover.printed": _("氏名を載せた印刷"),
    "release.created": pgettext_lazy("記録", "公開"), "secretariat.moved": _("別の部署への移動"),
    "matching.opened": _("規則を公開"), "award.revoked": _("失効"), "issuer_key.named": _("発行者の書き方の変更"),
    "issuer_key.handed_over": _("ほかの団体への引渡し"), "issuer_key.taken_over": _("ほかの団体からの引受け"),
    "certificate.claimed": _("届け出"), "certificate.turned_down": _("認めない判断"), "endorsement.turned_down": _("見送り"),
    "dossier.turned_down": _("見送り"), "skill_map.closed": pgettext_lazy("記録", "終了"), "skill_map.met": _("バッジの条件の達成"), "activity.withdrawn": _("証明の取消し"),
}  # fmt: skip
ACTING: dict[str, Any] = {
    **dict(Role.Kind.choices),
    "member": _("本人"),
    "guardian": _("保護者"),
    "public": _("公開のページ"),
    "system": pgettext_lazy("だれが", "自動"),
    "machine": _("外部のシステム"),
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
    fields: list[str]


def verb_words(verb: str) -> tuple[Any, Any]:
    """What it was about and what was done; an unknown part stands as it is."""
    noun, _dot, done = verb.partition(".")
    return NOUNS.get(noun, noun), WHOLE.get(verb) or DONE.get(done, done)


def described(entries: Iterable[Entry], bodies: dict[Any, str] | None = None) -> list[Line]:
    """Entries in the reader's language; `bodies` gives names of bodies by id."""
    lines = []
    for entry in entries:
        lines.append(
            Line(
                entry.at, *verb_words(entry.verb), entry.verb,
                ACTING.get(entry.actor_role, entry.actor_role), (bodies or {}).get(entry.actor_body_id, ""),
                list(dict.fromkeys(field_word(entry.verb, name) for name in entry.field_names)),
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
    context = {
        "page_obj": page, "lines": described(page.object_list, names), "filter": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
    }  # fmt: skip
    return render(request, "staff/journal.html", context)
