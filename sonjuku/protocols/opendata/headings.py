"""Which column of a council's or city's event list holds what: the two published forms, and what is found in the wild."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Our name -> headings, those of the 32 columns first, then of the 50, then others that lists carry.
HEADINGS: dict[str, tuple[str, ...]] = {
    "lg_code": ("都道府県コード又は市区町村コード", "全国地方公共団体コード", "地方公共団体コード", "市区町村コード",
                "自治体コード", "団体コード"),
    "number": ("NO", "No", "番号", "ID", "管理番号", "整理番号"),
    "title": ("イベント名", "名称", "イベント名称", "行事名", "催し名", "タイトル", "件名"),
    "title_en": ("イベント名_英語", "名称(英字)", "イベント名_英字", "名称_英語"),
    "subtitle": ("サブタイトル", "副題"),
    "starts_on": ("開始日", "開催日", "開催開始日", "日付", "開催期間(開始)", "日程"),
    "ends_on": ("終了日", "開催終了日", "開催期間(終了)"),
    "starts_at": ("開始時間", "開始時刻", "開催時間", "開催開始時間", "時間"),
    "ends_at": ("終了時間", "終了時刻", "開催終了時間"),
    "time_note": ("開始日時特記事項", "日時備考", "日時特記事項"),
    "outline": ("概要",),
    "summary": ("説明", "内容", "イベント内容", "詳細"),
    "fee": ("料金(基本)", "料金", "参加費", "入場料", "費用", "受講料"),
    "fee_note": ("料金(詳細)", "料金備考"),
    "contact_office": ("連絡先名称", "問合せ先", "問い合わせ先", "お問い合わせ先", "連絡先", "担当課"),
    "contact_phone": ("連絡先電話番号", "電話番号", "電話", "TEL"),
    "contact_extension": ("連絡先内線番号", "内線番号", "内線"),
    "host": ("主催者", "主催団体", "主催"),
    "co_hosts": ("共催団体", "共催"),
    "venue": ("場所名称", "会場", "会場名", "開催場所", "場所", "施設名"),
    "address": ("住所", "所在地", "会場住所", "所在地_連結表記"),
    "address_prefecture": ("住所都道府県", "所在地_都道府県"),
    "address_city": ("住所市区町村", "所在地_市区町村"),
    "address_town": ("住所町名", "所在地_町字"),
    "address_rest": ("住所丁目以下", "所在地_番地以下"),
    "address_building": ("方書", "建物名等", "建物名等(方書)"),
    "how_to_reach": ("アクセス方法", "アクセス", "交通"),
    "parking": ("駐車場情報", "駐車場"),
    "meeting_point": ("集合場所",),
    "audience": ("対象者", "対象"),
    "capacity": ("定員", "定員(人)", "募集人数"),
    "closes_on": ("参加申込終了日", "申込期限日", "申込締切日", "申込締切", "締切日", "締切", "申込期限"),
    "closes_at": ("参加申込終了時間", "申込期限時刻", "申込締切時間"),
    "how_to_apply": ("参加申込方法", "申込方法", "申し込み方法", "申込"),
    "holding": ("開催形式", "開催方法", "開催パターン"),
    "url": ("URL", "ホームページ", "リンク"),
    "status": ("状態",),
    "note": ("備考",),
}  # fmt: skip
# Only the form of 50 columns (ベース・レジストリ, 2022) has these.
_OF_FIFTY = {"概要", "状態", "申込期限日", "主催団体", "住所町名", "日時備考"}


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\s_・()\[\]【】「」:*※.\-]|必須", "", text)


_NAMES = {_plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns`: our name -> column, from 0. `unknown`: headings that nothing was made of. `is_fifty`: the form of 50
    columns, not of 32."""

    columns: dict[str, int]
    unknown: tuple[str, ...]
    is_fifty: bool


def layout(header: Sequence[str]) -> Layout | None:
    """What the columns under this header hold; None unless they name an event and its day.

    Lists in the wild leave columns out, add some and change their order; the first of two alike counts.
    """
    columns: dict[str, int] = {}
    unknown = []
    for place, cell in enumerate(header):
        name = _NAMES.get(_plain(cell)) if len(cell) <= 60 else None
        if name is not None and name not in columns:
            columns[name] = place
        elif cell.strip():
            unknown.append(cell.strip()[:60])
    if not {"title", "starts_on"} <= columns.keys():
        return None
    is_fifty = len(_OF_FIFTY & {cell.strip() for cell in header}) >= 2
    return Layout(columns, tuple(unknown), is_fifty)
