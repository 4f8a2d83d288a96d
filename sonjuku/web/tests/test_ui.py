"""What the template tags promise, and that stylesheets and pages keep the rules of the house."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from sonjuku.web.templatetags import sonjuku_ui as ui
from sonjuku.web.templatetags.icons import ICONS
from sonjuku.web.templatetags.patterns import PATTERNS

WEB = Path(__file__).resolve().parent.parent
# 2026-12-01 00:00 in Tokyo: the call is open through the whole of 30 November.
CLOSES = datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (CLOSES - timedelta(microseconds=1), 0),
        (CLOSES - timedelta(hours=24), 0),
        (CLOSES - timedelta(hours=24, microseconds=1), 1),
        (CLOSES - timedelta(days=7), 6),
        (CLOSES, -1),
    ],
)
def test_days_left_count_days_in_tokyo_to_the_last_open_day(at: datetime, days: int) -> None:
    assert ui.whole_days_left(CLOSES, at) == days


def test_days_left_in_both_languages() -> None:
    assert ui.days_left(CLOSES, CLOSES - timedelta(days=7)) == "あと6日"
    assert ui.days_left(CLOSES, CLOSES - timedelta(minutes=1)) == "今日まで"
    assert ui.days_left(None) == ""


def test_an_instant_shows_its_day_in_tokyo() -> None:
    assert ui.jdate(datetime(2026, 11, 29, 15, tzinfo=UTC)) == "11月30日（月）"
    with translation.override("en"):
        assert ui.jdate(date(2026, 11, 30)) == "Mon 30 Nov"
    assert ui.jdate(None) == ui.jdatetime(None) == ui.deadline(None) == ui.wareki(None) == ""


def test_a_fee_not_decided_is_not_free() -> None:
    assert ui.yen(0) == "無料"
    assert ui.yen(None) == ""


def test_a_missing_translation_is_marked_as_japanese_and_escaped() -> None:
    thing = SimpleNamespace(title="<萩>", title_en="")
    assert ui.tr(thing, "title") == "<萩>"
    with translation.override("en"):
        assert ui.tr(thing, "title") == '<span lang="ja">&lt;萩&gt;</span>'
        assert ui.has_tr(thing, "title") is False
        assert ui.tr(SimpleNamespace(title="萩", title_en="Hagi"), "title") == "Hagi"
        assert ui.tr_text({"title": "萩", "title_en": "Hagi"}, "title") == "Hagi"


def test_phrases_keep_the_words_and_escape_them() -> None:
    html = ui.phrases("挑戦のつづきを、<b>はじめよう")
    assert re.sub(r"<wbr>|</?span[^>]*>", "", html) == "挑戦のつづきを、&lt;b&gt;はじめよう"
    assert "<wbr>" in html


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_are_hidden_from_screen_readers(name: str) -> None:
    assert 'aria-hidden="true"' in ui.icon(name)


def test_two_patterns_on_a_page_have_two_ids() -> None:
    page = Template("{% pattern council %}{% pattern council %}")
    for name in PATTERNS:
        html = page.render(Context({"council": {"pattern": name}, "request": SimpleNamespace()}))
        ids = re.findall(r'id="([^"]+)"', html)
        assert len(ids) == len(set(ids)) == 2
        assert all(f"url(#{ident})" in html for ident in ids)


@pytest.mark.parametrize(
    "title", ["ITの基礎", "地域ITファシリテーター", "Regional IT facilitator", "長い名前の" * 8, ""]
)
def test_a_seals_title_stays_whole_on_three_lines_inside_the_band(title: str) -> None:
    lines = ui.seal_lines(title)
    assert len(lines) <= 3
    assert "".join(str(line["text"]) for line in lines).replace(" ", "") == title.replace(" ", "")
    assert all(69 <= line["y"] <= 146 for line in lines)


def test_a_long_english_title_is_spread_over_the_three_lines() -> None:
    lines = ui.seal_lines("Hagi IT Shokasonjuku, IT Passport summer course completed")
    lengths = [len(str(line["text"])) for line in lines]
    assert len(lengths) == 3
    assert max(lengths) < 2 * min(lengths)


def test_a_mail_address_breaks_after_its_sign_and_stays_text() -> None:
    assert ui.mail_address("a<b@c.example") == "a&lt;b@<wbr>c.example"
    assert ui.mail_address(None) == ""


class Sample(forms.Form):
    name = forms.CharField(label="氏名", help_text="戸籍のとおり")
    stage = forms.ChoiceField(label="学校", choices=[("a", "高校")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="同意します")
    memo = forms.CharField(label="備考", required=False)


def test_each_field_ties_label_help_and_error_to_its_control() -> None:
    form = Sample({})
    html = "".join(render_to_string("parts/field.html", {"field": field}) for field in form)
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    referred = [ref for refs in re.findall(r'aria-describedby="([^"]+)"', html) for ref in refs.split()]
    assert {"id_name_helptext", "id_name_error", "id_stage_error", "id_agree_error"} <= set(referred)
    assert set(referred) <= ids
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= ids
    assert html.count("mark-required") == 3
    assert html.count("mark-optional") == 1


def test_the_error_summary_leads_to_each_field() -> None:
    form = Sample({})
    page = render_to_string("parts/errors.html", {"form": form})
    fields = "".join(render_to_string("parts/field.html", {"field": field}) for field in form)
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets == ["id_name", "id_stage", "id_agree"]
    assert all(f'id="{target}"' in fields for target in targets)
    assert render_to_string("parts/errors.html", {"form": Sample()}).strip() == ""


def test_the_error_summary_names_each_field_once_and_says_what_to_do() -> None:
    class Named(forms.Form):
        name = forms.CharField(label=gettext_lazy("氏名"), error_messages={"required": "氏名が空です。"})
        place = forms.CharField(label="住所")
        stage = forms.ChoiceField(label="段階", choices=[("a", "A")])

    lines = re.findall(r"<li>(.*?)</li>", render_to_string("parts/errors.html", {"form": Named({})}))
    assert [re.sub("<[^>]+>", "", line) for line in lines] == [
        "氏名が空です。",
        "住所：空です。入力してください。",
        "段階：選んでください。",
    ]


def test_templates_carry_no_inline_style_or_script() -> None:
    templates = sorted(WEB.rglob("templates/**/*.html"))
    assert templates
    for template in templates:
        source = re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.S)
        # A block of JSON is data: browsers never run it.
        source = re.sub(r'<script[^>]*type="application/(ld\+)?json"', "", source)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", source), template.name


def test_stylesheets_use_only_variables_that_exist() -> None:
    sheets = {path.name: path.read_text() for path in (WEB / "static/sonjuku").glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheets.values())))
    for name, source in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)", source)) <= defined, name
        assert source.count("\n") < 400, name
