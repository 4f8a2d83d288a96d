"""イベント一覧 in the form of the recommended data sets (推奨データセット, since 2017): 32 columns in this order."""

from sonjuku.protocols.opendata.event import Event, last_minute

FORM = "推奨データセット形式・32列"
COLUMNS = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "イベント名", "イベント名_カナ", "イベント名_英語",
    "開始日", "終了日", "開始時間", "終了時間", "開始日時特記事項", "説明", "料金(基本)", "料金(詳細)", "連絡先名称",
    "連絡先電話番号", "連絡先内線番号", "主催者", "場所名称", "住所", "方書", "緯度", "経度", "アクセス方法", "駐車場情報",
    "定員", "参加申込終了日", "参加申込終了時間", "参加申込方法", "URL", "備考",
)  # fmt: skip
FREE = "無料"


def row(event: Event) -> tuple[str, ...]:
    """The event's 32 cells. Days are YYYY-MM-DD, times HH:MM; what is not known (kana, latitude …) is empty.

    `closes_at` must be on Tokyo's clock.
    """
    close = last_minute(event.closes_at) if event.closes_at else None
    return (
        event.lg_code, event.number, event.prefecture, event.city, event.title, event.title_kana, event.title_en,
        _text(event.starts_on), _text(event.ends_on or event.starts_on), _clock(event.starts_at), _clock(event.ends_at),
        event.time_note, event.summary, _text(event.fee_jpy), _fee_words(event), event.contact_office,
        event.contact_phone, "", "・".join([event.host, *event.co_hosts]), event.venue, event.address, "", "", "", "", "",
        _text(event.capacity), _text(close.date() if close else None), _clock(close), event.how_to_apply, event.url,
        event.note,
    )  # fmt: skip


def _fee_words(event: Event) -> str:
    if event.fee_jpy != 0:
        return event.fee_note
    return f"{FREE}（{event.fee_note}）" if event.fee_note else FREE


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _clock(value: object) -> str:
    return f"{value:%H:%M}" if value else ""
