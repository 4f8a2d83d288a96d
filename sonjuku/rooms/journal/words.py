"""Field names (項目) in words: an entry keeps the name of a column, a page says what the column holds.

Every name that may reach the journal has its word here, and a test reads the code for those that have none. Names are
words of all rooms, but the journal knows no room: it maps one string to another.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise
WORDS: dict[str, Word] = {
    # Names and texts
    "title": _("名前"), "title_en": pgettext_lazy("項目", "名前（英語）"),
    "name": _("名称"), "name_en": pgettext_lazy("項目", "名称（英語）"), "names": _("氏名"),
    "short_title": _("短い名称"), "short_title_en": _("短い名称（英語）"), "slug": _("アドレスに使う名前"),
    "summary": _("概要"), "summary_en": _("概要（英語）"), "text": _("本文"), "text_en": _("本文（英語）"),
    "description": _("紹介文"), "description_en": _("紹介文（英語）"),
    "catchphrase": _("合言葉"), "catchphrase_en": _("合言葉（英語）"),
    "help_text": _("補足の説明"), "help_text_en": _("補足の説明（英語）"), "note": _("覚え書き"),
    "subject": _("件名"), "body": _("団体"), "bodies": _("担当の団体"), "url": _("ウェブサイト"),
    "changes": _("前の版からの変更点"), "series": _("連続開催の名前"), "noun": _("申込みの呼び方"),
    # What a row is and where it stands
    "kind": _("種類"), "type": _("種類"), "state": _("状態"), "ordinal": _("順番"), "code": pgettext_lazy("項目", "番号"), "number": pgettext_lazy("項目", "番号"),
    "parent": _("上の組織"), "visibility": _("公開の範囲"), "basis": _("根拠"),
    # Dates
    "announced_at": _("発表の日時"), "opens_at": _("受付開始の日時"), "closes_at": _("受付締切の日時"), "starts_on": _("初日"), "ends_on": _("最終日"),
    "starts_at": _("始まる日時"), "ends_at": _("終わる日時"), "period_note": _("実施期間の補足"), "due_on": _("期限"),
    "updated_at": _("更新の日時"), "published_at": _("公開の日時"), "submitted_at": _("提出の日時"), "revised_at": _("改訂の日時"), "created_at": _("作成の日時"),
    "frozen_at": _("固定の日時"), "started_at": _("始まった日時"), "ended_at": _("終わった日時"), "completed_at": _("修了の日時"), "received_at": _("受け付けた日時"),
    "due_at": _("送る予定の日時"), "sent_at": _("送った日時"), "bounced_at": _("戻ってきた日時"), "handed_in_at": _("採点を出した日時"),
    "valid_from": _("施行日"), "founded_on": _("設立日"), "left_on": _("脱退日"), "signed_on": _("締結日"), "expires_on": _("有効期限"), "approved_on": _("決裁日"),
    # A call
    "programme": _("事業"), "agreement": pgettext_lazy("項目", "連携協定"), "result_on": _("結果発表日"), "result_immediate": _("その場で決まるか"),
    "confirm_days": _("参加の返事の日数"), "consent_days": _("保護者の同意の日数"), "consent_late": _("同意が間に合わないとき"),
    "webinar_status": _("開催方法"), "venue": _("会場"), "venue_en": _("会場（英語）"), "venue_address": _("会場の住所"), "venue_lg_code": _("会場の市区町村"), "webinar_url": _("オンラインのアドレス"),
    "fee_jpy": _("参加費"), "fee_note": _("費用の補足"), "fee_note_en": _("費用の補足（英語）"),
    "purpose_of_use": _("利用目的"), "purpose_of_use_en": _("利用目的（英語）"), "data_controller": _("個人情報を取り扱う団体"),
    "contact_office": _("問合せ先"), "contact_office_en": _("問合せ先（英語）"), "contact_phone": _("問合せの電話"), "contact_email": _("問合せのメール"),
    "contact_hours": _("受付時間"), "contact_hours_en": _("受付時間（英語）"),
    "selection": _("選び方"), "seed_source": _("抽選に使う公開の数"), "seed_source_en": _("抽選に使う公開の数（英語）"), "min_reviewers": _("審査員の人数"),
    "max_persons": _("一件の申込みの人数"),
    "seed_kind": _("公開の数の種類"), "draws_at": _("抽選の日時"), "check_days": _("資格確認の日数"), "once_per_year": _("一年度に一回までか"),
    "calls": _("一緒に選考する募集"), "selection_run": _("選考"), "run_ordinal": _("選考の中での順番"), "witnesses": _("立会人"), "is_public_draw": _("公開抽選か"), "draw_place": _("公開抽選の場所"), "draw_place_en": _("公開抽選の場所（英語）"), "wish_rank": _("希望の順"), "decision_note": _("選んだ理由"),
    "form_version": _("申込みの質問"), "survey_version": _("アンケートの質問"), "cloned_from": _("写しのもと"), "asks_approval": _("決裁番号を求めるか"),
    "is_restricted": _("公募によらないか"), "restriction_reason": _("公募によらない理由"), "restriction_approver": _("承認した人の職名"),
    "source_key": _("取込み元の番号"), "historic_applications": _("過去の申込みの数"), "is_demo": _("デモか"), "audiences": _("対象者"),
    "eligibilityrule": _("応募の条件"), "criterion": _("評価の項目"), "priorityrule": _("優先の区分"), "seatpool": _("席の枠"),
    # Its approvals, checked facts, printed papers
    "open": _("募集の開始"), "decide": _("選考の決定"), "announce": _("結果の発表"), "provide": _("外部への提供"), "approval_number": _("決裁番号"),
    "age": _("年齢"), "residence_in": _("域内に住む人"), "residence_out": _("域外に住む人"), "credential": _("持っている証明"),
    "document_number": _("文書番号"), "signatory_title": _("職名"), "signatory_name": _("職氏名の氏名"), "seal_omitted": _("公印省略"), "appeal_notice": _("教示文"),
    "bulletin_text": _("広報紙の文"), "bulletin_length": _("広報紙の字数"), "fax_number": _("FAXの番号"), "deadline_by": _("郵送の締切の数え方"), "last_number": _("最後の番号"), "short_code": _("短いアドレス"),
    "host_event": _("主催のイベント"), "host_event_en": _("主催のイベント（英語）"), "host_body": _("主催の団体"), "place": _("場所"),
    # A person, an application, a letter; what a spreadsheet of them holds
    "family_name": _("姓"), "given_name": _("名"), "family_name_kana": _("姓（フリガナ）"), "given_name_kana": _("名（フリガナ）"), "full_name": _("氏名"), "display_name": _("表示名"),
    "date_of_birth": _("生年月日"), "postal_code": _("郵便番号"), "address": _("住所"), "lg_code": pgettext_lazy("項目", "市区町村"), "school_stage": _("学校の段階"), "school": _("学校"),
    "audience": _("対象者の区分"), "employer": _("勤め先"), "email": _("メールアドレス"), "phone": _("電話番号"), "language": _("連絡の言語"), "account": _("アカウント"),
    "option": _("申込みの区分"), "seat": _("席の枠"), "channel": _("届いた方法"), "out_of_area": _("域内・域外"), "guardian": _("保護者の同意"), "confirm_by": _("参加の返事の期限"),
    "checked": _("紙との照合"), "priority": _("優先の段階"), "verdict": _("判定"), "rank": _("順位"), "score": _("総合点"), "capacity": _("参加の立場"),
    "reviewer": _("審査員"), "conflict": _("利害関係"), "total": _("重みを掛けた合計"), "comment": _("講評"), "waived_reason": _("免除の理由"),
    "recipient": _("受け取る人"), "to_address": _("宛先のアドレス"), "problem": _("送れなかった理由"),
    # A question
    "key": _("質問の記号"), "required": _("必ず答えるか"), "minimum": _("最小"), "maximum": _("最大"), "options": _("選択肢"), "is_sensitive": _("要配慮個人情報か"),
    "show_if_question": _("条件の質問"), "show_if_op": _("条件の比べ方"), "show_if_value": _("条件の値"), "version": _("様式の版"),
    # A badge, an article
    "call": pgettext_lazy("項目", "募集"), "criteria": _("認定の基準"), "criteria_en": _("認定の基準（英語）"), "custodian": _("保管者"), "naming": _("発行者の書き方"), "issuer_body": _("発行者"), "image": _("画像"), "image_text": _("画像の文字"), "image_colour": _("画像の色"),
    "business_line": _("事業の区分"), "owner_office": _("担当課"), "owner_office_en": _("担当課（英語）"), "author": _("書いた人"), "return_reason": _("差戻しの理由"), "revision": _("版の番号"),
    # Certificates of others, skill maps, experience
    "issuer_name": _("発行者"), "issuer_name_en": _("発行者（英語）"), "issuer_uri": _("オープンバッジの発行者の番号"),
    "achievement_uri": _("オープンバッジの達成の番号"), "is_endorsed": _("協議会の認定証を重ねる"), "is_accepted": _("新しい届け出を受け付ける"),
    "standing": _("署名の確認"), "achievement": _("渡すバッジ"), "guidance": _("何を見て判断するか"), "guidance_en": _("何を見て判断するか（英語）"),
    "is_open": _("新しい申請を受け付ける"), "host": _("受け持つ団体"), "closed_at": _("終わりにした日時"),
    # Programmes and agreements
    "is_provisional": _("仮称か"), "predecessor": _("前身の事業"), "fiscal_year": _("年度"), "funding": _("財源"), "commissioner": _("委託元"), "contractor": _("受託者"), "budget_jpy": _("予算"), "reported_applications": _("報告された申込みの数"),
    "ends_provisionally": _("終わりが予定か"), "renews": _("更新のもと"), "alert_days": _("何日前に知らせるか"), "lapses_on_purpose": _("更新しないと決めたか"), "matters": _("連携事項"),
    "role_text": _("役割"), "covers": _("傘下の団体"), "representative_title": _("代表者の職名"), "representative_name": _("代表者の氏名"), "representative_on": _("代表者を確かめた日"),
    # Council, bodies, areas, rules
    "colour": _("色"), "pattern": _("文様"), "branch": _("支店・部署"), "establishment": _("設置者"), "brand_names": _("呼び名"), "lg_codes": pgettext_lazy("項目", "市区町村"),
    "operator_name": _("運営主体"), "operator_address": _("運営主体の住所"), "operator_representative": _("運営主体の代表者"),
    "target": _("規格と等級"), "result": _("試験の結果"), "tested_on": _("試験した日"), "tested_by": _("試験した人"), "tested_pages": _("試験したページと方法"),
    "exceptions": _("できていないこと"), "exceptions_en": _("できていないこと（英語）"), "other_ways": _("電話・紙での手続き"), "other_ways_en": _("電話・紙での手続き（英語）"),
    "days": _("日数"), "years": _("年数"), "required_under": _("同意が要る年齢"), "required_stages": _("同意が要る学校の段階"), "call_id": pgettext_lazy("項目", "募集"),
    # Matching events and introductions
    "left_title": _("選ぶ側の呼び名"), "left_title_en": _("選ぶ側の呼び名（英語）"), "right_title": _("受け入れる側の呼び名"), "right_title_en": _("受け入れる側の呼び名（英語）"),
    "ranks_by": _("希望の順の締切"), "max_wishes": _("順番を付けられる相手の数の上限"), "remind_days": _("締切の何日前に、まだの人へお願いを送るか"),
    "report_due_on": _("報告の期限"), "report_on": _("報告を受け取った日"), "ended_on": _("終わった日"),
    "about": _("相手に見せる紹介"), "about_en": _("相手に見せる紹介（英語）"), "least": _("最少で何人ほしいか"), "most": _("最大で何人受け入れるか"),
    # Machines
    "events": _("知らせる出来事"), "secret": _("署名の鍵"), "scopes": _("読める範囲"),
}  # fmt: skip
# Where the same name means something else: the noun of the verb, then the name.
OF_NOUN: dict[tuple[str, str], Word] = {
    ("letter_template", "body"): _("本文"), ("webhook", "url"): _("送り先"),
    ("role", "kind"): _("役割"), ("tie", "kind"): _("つながりの種類"), ("question", "title"): _("質問の文"),
    ("question", "title_en"): _("質問の文（英語）"), ("disposal", "note"): _("延長の理由"), ("consent", "channel"): _("同意の方法"),
    ("request_rule", "fee_note"): _("手数料"),
}  # fmt: skip
NUMBERED: dict[str, Word] = {
    "column": _("名簿の%(number)s列目"), "duty": _("参加者がすること %(number)s"),
    "occasion": _("開催の回 %(number)s"), "criterion": _("評価の項目 %(number)s"),
    "wish": _("第%(number)s希望"),
}  # fmt: skip
COUNTED = re.compile(r"(column|duty|occasion|criterion|wish)[._](\d+)")


def field_word(verb: str, name: str) -> str:
    """What the field holds that an entry with this verb names, in the reader's language.

    Questions carry keys that their council chose: "質問 q3". A column that the product no longer has stands as it is.
    """
    noun = verb.partition(".")[0]
    if noun == "response" or name.startswith("q."):
        return str(_("質問 %(key)s")) % {"key": name.removeprefix("q.")}
    if found := COUNTED.fullmatch(name):
        return str(NUMBERED[found[1]]) % {"number": found[2]}
    return str(OF_NOUN.get((noun, name)) or WORDS.get(name, name))
