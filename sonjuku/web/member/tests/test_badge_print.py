"""A badge on paper: what stands on it, that it fits on one sheet, and that its QR code leads back."""

import re
import shutil
import subprocess

import pytest
from django.urls import reverse

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox import typesetting
from tests.printing import codes_on, has_to, pages_of

pytestmark = pytest.mark.django_db
needs_pdf = pytest.mark.skipif(
    not (typesetting.can_typeset() and shutil.which("pdftoppm")) and not has_to("OFFICE", "BROWSER"),
    reason="Typst (requirements/test.txt), a Japanese font or poppler-utils is missing",
)
LONG_TITLE = "地域のくらしとしごとを支えるデジタル人材を育てるための実践的なデータ活用とサービスデザインの総合的な講座の第一期の修了です"


@pytest.fixture
def award(council, secretariat, adult):
    Person.objects.filter(pk=adult.person.pk).update(
        family_name="萩野", given_name="花子", family_name_kana="ハギノ", given_name_kana="ハナコ"
    )
    badge = actions.define_achievement(
        by=secretariat,
        council=council,
        title="ITの基礎",
        description="学んだ。",
        criteria="6回以上出席すること。",
    )
    person = Person.objects.get(pk=adult.person.pk)
    return actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(person.pk)])[0]


@pytest.fixture
def browser(log_in, adult):
    return log_in(adult)


@pytest.fixture
def order(browser):
    def send(award, code="90", kind="page"):
        return browser.post(reverse("member:badge_print", args=[award.pk]), {"code": code, "as": kind})

    return send


def text_of(response, folder):
    (folder / "sheet.pdf").write_bytes(response.content)
    done = subprocess.run(
        ["pdftotext", folder / "sheet.pdf", "-"], capture_output=True, check=True, timeout=60
    )
    return "".join(done.stdout.decode().split())


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_page_has_name_kana_title_number_and_both_calendars(order, award):
    text = words(order(award, code="none"))
    for said in (
        "萩野 花子",
        "ハギノ ハナコ",
        "ITの基礎",
        "修了証",
        award.uri,
        award.council.title,
        "6回以上出席",
    ):
        assert said in text
    issued = award.issued_at
    assert f"令和{issued.year - 2018}年{issued.month}月{issued.day}日（西暦{issued.year}年）" in text
    assert "<svg" not in text.split("sheet-notes")[1]
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize(
    ("route", "heading"), [("course", "修了証"), ("experience", "認定証"), ("rule", "認定証")]
)
def test_what_was_judged_is_called_so(order, award, route, heading):
    Award.objects.filter(pk=award.pk).update(route=route)
    assert f"<h1>{heading}</h1>" in order(award, code="none").content.decode()


def test_a_private_badge_gets_a_link_whose_end_is_on_the_paper(order, award, client):
    text = words(order(award, code="90"))
    link = ShareLink.objects.get()
    assert link.is_printed
    last = link.last_day
    assert f"令和{last.year - 2018}年{last.month}月{last.day}日（西暦{last.year}年）まで" in text
    [address] = set(re.findall(r"http://localhost:8000(/b/[\w-]+/)", text))
    assert client.get(address).status_code == 200


def test_a_public_badge_leads_to_its_page_for_good(order, award):
    Award.objects.filter(pk=award.pk).update(visibility="public")
    assert order(award, code="90").status_code == 422  # not offered
    text = words(order(award, code="public"))
    assert f"http://localhost:8000/badges/{award.pk}/" in text
    assert not ShareLink.objects.exists()


def test_a_badge_that_does_not_hold_is_not_printed(order, award, secretariat):
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="誤り")
    response = order(award)
    assert "印刷できません" in words(response)
    assert not ShareLink.objects.exists()


def test_where_no_pdf_can_be_made_the_page_is_offered_alone(browser, order, award, monkeypatch):
    monkeypatch.setattr(typesetting, "can_typeset", lambda: False)
    text = words(browser.get(reverse("member:badge_print", args=[award.pk])))
    assert "印刷するページを開く" in text
    assert "PDFを受け取る" not in text
    assert order(award, code="none", kind="pdf").status_code == 404


def test_a_did_web_badge_says_where_its_keys_are(order, award, council, secretariat, adult):
    assert "発行者の鍵は、ファイルの中にあります" in words(order(award, code="none"))
    actions.set_naming(by=secretariat, key=award.issuer_key, naming="web")
    badge = actions.define_achievement(
        by=secretariat, council=council, title="応用", description="学んだ。", criteria="出席"
    )
    later = actions.award_many(by=secretariat, achievement=badge, claims=[actions.Claim(award.person.pk)])[0]
    assert "did.json" in words(order(later, code="none"))


@needs_pdf
def test_the_pdf_says_the_same_in_words_that_can_be_selected(order, award, tmp_path):
    response = order(award, kind="pdf")
    assert response["Content-Type"] == "application/pdf"
    text = text_of(response, tmp_path)
    for said in (
        "修了証",
        "萩野花子様",
        "ハギノハナコ",
        "ITの基礎",
        award.uri,
        "6回以上出席すること。",
        award.council.title,
    ):
        assert said in text


@needs_pdf
def test_the_qr_code_of_the_pdf_opens_the_badge(order, award, client, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(order(award, kind="pdf").content)
    [page] = pages_of(tmp_path / "sheet.pdf")
    [address] = codes_on(page)
    response = client.get(address.removeprefix("http://localhost:8000"))
    assert "いま確かめました。本物で、有効です。" in words(response)


@needs_pdf
@pytest.mark.parametrize("name", ["寿限無" * 20, "Wolfeschlegelsteinhausenbergerdorff " * 2])
def test_long_names_and_titles_stay_on_the_one_sheet(order, award, tmp_path, name):
    assert len(LONG_TITLE) >= 60
    Person.objects.filter(pk=award.person_id).update(family_name=name[:60], family_name_kana="ジュゲム" * 15)
    type(award.achievement).objects.update(title=LONG_TITLE, criteria="条件" * 400)
    text = text_of(order(award, kind="pdf"), tmp_path)
    assert LONG_TITLE in text
    assert name[:60].replace(" ", "") in text
    done = subprocess.run(
        ["pdftotext", "-bbox", tmp_path / "sheet.pdf", "-"], capture_output=True, check=True, timeout=60
    )
    found = done.stdout.decode()
    assert found.count("<page ") == 1
    boxes = [
        tuple(map(float, box))
        for box in re.findall(
            r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', found
        )
    ]
    # A4 in points, less the frame of 10 mm.
    assert min(box[0] for box in boxes) > 28
    assert max(box[2] for box in boxes) < 595 - 28
    assert max(box[3] for box in boxes) < 842 - 28


@needs_pdf
def test_no_word_is_read_as_markup(order, award, tmp_path):
    type(award.achievement).objects.update(
        title='#panic("x") $a$ *b* [c] //d', criteria='#read("/etc/passwd")'
    )
    text = text_of(order(award, kind="pdf"), tmp_path)
    assert '#panic("x")$a$*b*[c]//d' in text
    assert '#read("/etc/passwd")' in text
