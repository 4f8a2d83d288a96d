import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from sonjuku.toolbox import dates, furigana, money

MARKS = re.compile("[\ufff9-\ufffb]")
BARE_RUBY = "<ruby>募集<rp>（</rp><rt>ぼしゅう</rt><rp>）</rp></ruby>"
RUBY = f"<bdi>{BARE_RUBY}</bdi>"
HELD = furigana.held("｜募集《ぼしゅう》")
ANYTHING = st.lists(
    st.sampled_from(
        [
            *"<>&\"'/=! -｜《》あ募\n\ufff9\ufffa\ufffb",
            "<b",
            "</",
            "<!--",
            "-->",
            "<title>",
            "</title>",
            "<option ",
        ]
    ),
    max_size=40,
).map("".join)


def said(text: str) -> str:
    """What a reader is told when the readings are left out."""
    return re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>|</?bdi>", "", text)


def test_a_reading_stands_over_its_word():
    assert furigana.in_html(f"<p>{HELD}へ</p>") == f"<p><bdi>{BARE_RUBY}へ</bdi></p>"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (f"<title>{HELD}</title>{HELD}", f"<title>募集</title>{RUBY}"),
        (f"<OPTION value=1>{HELD}</OPTION>{HELD}", f"<OPTION value=1>募集</OPTION>{RUBY}"),
        (f"<textarea>{HELD}</textarea>", "<textarea>募集</textarea>"),
        (f'<a aria-label="{HELD}" title=\'{HELD}\'>{HELD}</a>', f'<a aria-label="募集" title=\'募集\'>{RUBY}</a>'),
        (f"<!-- {HELD} -->{HELD}", f"<!-- 募集 -->{RUBY}"),
        (f'<script type="application/ld+json">{{"a": "{HELD} < b"}}</script>', '<script type="application/ld+json">{"a": "募集 < b"}</script>'),
        (f"<svg><text>{HELD}</text></svg>{HELD}", f"<svg><text>募集</text></svg>{RUBY}"),
        (f'<input placeholder="a > b {HELD}">{HELD}', f'<input placeholder="a > b 募集">{RUBY}'),
        (f"3 < 5 {HELD}", f"<bdi>3 < 5 {BARE_RUBY}</bdi>"),
        (f"<title/>{HELD}", f"<title/>{RUBY}"),
    ],
)  # fmt: skip
def test_no_ruby_where_no_ruby_can_be(page, expected):
    assert furigana.in_html(page) == expected


@pytest.mark.parametrize(
    "typed", ["｜漢字《かんじ》", "｜<b>《x》", "《》｜", "\ufff9漢\ufffa<b>\ufffb", "\ufff9漢\ufffax\ufffb"]
)
def test_what_a_visitor_typed_stays_text(typed):
    shown = furigana.in_html(f"<p>{escape(typed)}</p>{HELD}")
    assert shown.count("<ruby>") == 1
    assert html.fromstring(f"<div>{shown}</div>").find("p").text_content() == MARKS.sub("", typed)


@given(ANYTHING, ANYTHING)
def test_only_ruby_is_added_to_a_page_and_only_marks_are_lost(before, after):
    page = f"{before}{HELD}{after}"
    shown = furigana.in_html(page)
    assert not MARKS.search(shown)
    assert said(shown) == furigana.plain(page)


@given(ANYTHING)
def test_escaped_text_never_becomes_a_tag(hostile):
    shown = furigana.in_html(f"<p>{escape(hostile)}</p>{HELD}")
    assert set(re.findall(r"<(\w+)", shown)) <= {"p", "bdi", "ruby", "rp", "rt"}
    assert shown.endswith(f"</p>{RUBY}")


def test_the_notation_is_read_and_left_out():
    assert furigana.plain(HELD) == "募集"
    # A reading is hiragana; anything else is no reading.
    assert furigana.held("｜募集《<b>》｜募集《bosyu》") == "｜募集《<b>》｜募集《bosyu》"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("11月5日（木）", ["がつ", "いつか", "もく"]),
        ("2026年4月1日（水）", ["ねん", "がつ", "ついたち", "すい"]),
        ("1月20日（日）", ["がつ", "はつか", "にち"]),
        ("9月24日（土）", ["がつ", "にじゅうよっか", "ど"]),
        ("3月31日（火）", ["がつ", "にち", "か"]),
        ("12月17日（金）", ["がつ", "にち", "きん"]),
        ("令和元年度", ["れいわ", "がん", "ねんど"]),
        ("昭和64年1月7日(土)", ["しょうわ", "ねん", "がつ", "なのか", "ど"]),
        ("1,500円", ["えん"]),
        ("無料", ["むりょう"]),
    ],
)  # fmt: skip
def test_days_and_sums_are_read(text, readings):
    shown = furigana.in_html(furigana.dated(text))
    assert re.findall(r"<rt>(.*?)</rt>", shown) == readings
    assert said(shown) == text


def test_dates_and_money_have_readings_in_plain_japanese_only():
    day = dates.date(2026, 11, 5)
    assert furigana.plain(dates.format_date(day, "ja-easy")) == dates.format_date(day, "ja")
    assert furigana.BEGIN in dates.format_date(day, "ja-easy")
    assert furigana.BEGIN not in dates.format_date(day, "ja") + dates.format_date(day, "en")
    assert furigana.plain(money.yen(0, "ja-easy")) == "無料"
    assert furigana.plain(money.yen(1500, "ja-easy")) == "1,500円"
