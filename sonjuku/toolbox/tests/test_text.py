import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.money import yen
from sonjuku.toolbox.text import balance, markdown, search_text


def test_spellings_of_one_word_are_found_alike():
    assert len({search_text(word) for word in ("ｶﾞｯｺｳ", "がっこう", "ガッコウ", " ガッコウ　")}) == 1
    assert len({search_text(word) for word in ("ＩＴパスポート", "itパスポート", "ITﾊﾟｽﾎﾟｰﾄ")}) == 1
    assert search_text("萩市", None, "", "Hagi") == "萩市 hagi"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert search_text(search_text(text)) == search_text(text)


def test_markdown_writes_what_an_organiser_needs():
    html = markdown(
        "# 見出し\n\n一行目\n二行目\n\n- **強調**\n- [萩市](https://www.city.hagi.lg.jp/)\n\n|a|b|\n|-|-:|\n|1|2|"
    )
    assert "<h3>見出し</h3>" in html
    assert "一行目<br>" in html
    assert "<strong>強調</strong>" in html
    assert '<a href="https://www.city.hagi.lg.jp/" rel="noopener noreferrer">萩市</a>' in html
    assert "<td>2</td>" in html
    assert "<h2>a</h2>" in markdown("# a", top_heading=2)


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("## a\n\n### b\n\n## c", "343"),
        ("# a\n\n#### b", "34"),
        ("### a\n\n# b\n\n### c", "334"),
        ("# a\n\n## b\n\n### c\n\n# d", "3453"),
        ("# a\n\n## b\n\n### c\n\n#### d\n\n##### e", "34566"),
    ],
)
def test_headings_follow_without_a_gap(written, levels):
    html = markdown(written)
    assert "".join(re.findall(r"<h(\d)>", html)) == "".join(re.findall(r"</h(\d)>", html)) == levels


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.com/pixel.png)",
        "<p style='color:red' onclick='x()'>a</p>",
        "<javascript:alert(1)>",
    ],
)
def test_markdown_lets_nothing_run_or_load(hostile):
    html = markdown(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<p style" not in html


def test_phrases_join_to_the_text():
    text = "デジタル人材を地域で育てるための募集です"
    phrases = balance(text)
    assert "".join(phrases) == text
    assert len(phrases) > 1
    assert balance("") == []


def test_phrases_keep_numbers_whole():
    assert balance("#交流しようぜ2024 in 青森") == ["#交流しようぜ2024 in 青森"]


def test_yen():
    assert (yen(0), yen(0, "en")) == ("無料", "Free")
    assert (yen(1500), yen(1500, "en")) == ("1,500円", "¥1,500")
    assert (yen(-1500), yen(-1500, "en")) == ("-1,500円", "-¥1,500")
