"""書類と配布物 at the desk: every document opens, the FAX form and its entry go together, codes lead home, bodies count."""

import io
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from lxml import html

from sonjuku.flows.papers import sheets
from sonjuku.rooms.calls.models import Application, Call, CallBody, PaperTerms, ReferralLink
from sonjuku.rooms.forms.models import Form, FormVersion, Question
from sonjuku.rooms.forms.rules import input_name
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Membership, Role
from sonjuku.web.staff.printing import DRAFTS, docx, printed
from tests import printing

pytestmark = pytest.mark.django_db
SHEET = "7F3K-22QX"


@pytest.fixture
def call(running: Any, council: Any) -> Call:
    """With a form of a heading, a choice and a file."""
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="様式"))
    made = [
        ("heading", "はじめに"),
        ("single", "パソコンはありますか"),
        ("long_text", "理由"),
        ("file", "生徒証の写し"),
    ]
    for number, (kind, title) in enumerate(made, 1):
        options = (
            [{"value": "yes", "title": "ある"}, {"value": "no", "title": "ない"}] if kind == "single" else []
        )
        Question.objects.create(
            version=version, key=f"q{number}", ordinal=number, kind=kind, title=title, options=options
        )
    return running(form_version=version)


@pytest.fixture
def completed(call: Call, make_person: Any) -> Any:
    def make(**fields: Any) -> Participation:
        person = make_person(call.council, **fields)
        return Participation.objects.create(
            council=call.council, call=call, person=person, state="completed", started_at=timezone.now(),
            completed_at=timezone.now(),
        )  # fmt: skip

    return make


def at(name: str, call: Call, *more: str) -> str:
    return reverse(f"staff:{name}", args=["hagi", call.code, *more])


def words(response: Any) -> str:
    return " ".join(html.fromstring(response.content.decode()).text_content().split())


# Every document


@pytest.mark.parametrize("section", printed.values)  # type: ignore[attr-defined]
def test_each_document_can_be_printed(desk: Client, call: Call, completed: Any, section: str) -> None:
    completed(school=Body.objects.create(council=call.council, type="high_school", name="萩高等学校"))
    response = desk.get(at("paper", call, section))
    assert response.status_code == 200
    assert call.title in words(response).replace(" ", "")
    assert "papers.css" in response.content.decode()


@pytest.mark.parametrize("section", docx.values)  # type: ignore[attr-defined]
def test_what_offices_edit_comes_as_docx(desk: Client, call: Call, completed: Any, section: str) -> None:
    completed(school=Body.objects.create(council=call.council, type="high_school", name="萩高等学校"))
    response = desk.get(at("paper_docx", call, section))
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert Document(io.BytesIO(response.content)).core_properties.author == call.council.title


def test_the_index_counts_its_queries_not_its_schools(
    desk: Client, call: Call, completed: Any, django_assert_num_queries: Any
) -> None:
    def schools(number: int) -> None:
        for _each in range(number):
            completed(school=Body.objects.create(council=call.council, type="high_school", name="高校"))

    schools(1)
    desk.get(at("papers", call))
    with django_assert_num_queries(11) as one:
        desk.get(at("papers", call))
    schools(3)
    with django_assert_num_queries(len(one)):
        page = desk.get(at("papers", call)).content.decode()
    assert page.count("?school=") == 8


def test_a_body_without_a_role_on_the_call_prints_nothing(
    call: Call, council: Any, make_staff: Any, log_in: Any
) -> None:
    chamber = Body.objects.create(council=council, type="npo", name="商工会議所")
    stranger = log_in(make_staff(council, "chamber@example.jp", "body_staff", body=chamber))
    for name, more in (
        ("papers", ()),
        ("paper", ("guidelines",)),
        ("paper_docx", ("draft-decide",)),
        ("bulletin", ()),
    ):
        assert stranger.get(at(name, call, *more)).status_code == 404


def test_names_in_a_decision_are_chosen_and_recorded(desk: Client, call: Call, apply_to: Any) -> None:
    application = apply_to(call, {"family_name": "秘密山"}, verdict="selected")
    address = at("paper", call, "draft-decide")
    assert "秘密山" not in words(desk.get(address))
    assert not Entry.objects.filter(verb="application.printed").exists()
    assert "秘密山" in words(desk.get(f"{address}?names=1"))
    entry = Entry.objects.get(verb="application.printed")
    assert entry.for_person_id == application.person_id
    assert "秘密山" not in words(desk.get(at("paper", call, "draft-open") + "?names=1"))


def test_every_draft_belongs_to_a_step() -> None:
    assert set(DRAFTS.values()) == {"open", "decide", "announce", "provide"}


# Certificates


def test_certificates_come_one_per_sheet_with_their_numbers(desk: Client, call: Call, completed: Any) -> None:
    first, second = completed(family_name="一番"), completed(family_name="二番")
    PaperTerms.objects.create(call=call, document_number="萩協第{n}号")
    assert "2 枚に番号を付ける" in words(desk.get(at("papers", call)))
    assert "修了証 2 枚に番号を付けました。" in words(desk.post(at("paper_numbers", call), follow=True))
    page = desk.get(at("paper", call, "certificates"))
    assert page.content.decode().count('<article class="certificate"') == 2
    assert re.findall(r"萩協第\d号", words(page)) == ["萩協第1号", "萩協第2号"]
    only = words(desk.get(at("paper", call, "certificates") + f"?only={second.id}"))
    assert "二番" in only
    assert "一番" not in only
    assert "認定" not in words(page)
    assert Entry.objects.filter(verb="participation.printed", for_person_id=first.person_id).exists()


# The FAX form and its entry


def printed_names(call: Call) -> list[str]:
    asked = [input_name(name) for line in sheets.question_lines(call) for name in line.names]
    before, after = (
        [name for line in lines for name in line.names]
        for lines in (sheets.person_lines(call), sheets.guardian_lines())
    )
    return [*before, *asked, *after]


def test_the_entry_page_asks_in_the_order_of_the_paper(desk: Client, call: Call) -> None:
    """Fields that paper has not (how it came, the code of the municipality) aside."""
    page = html.fromstring(desk.get(at("entry", call)).content.decode())
    asked = page.xpath("//form//@name")
    wanted = printed_names(call)
    order = [name for name in dict.fromkeys(asked) if name in wanted]
    assert order == wanted
    office = {"csrfmiddlewaretoken", "entry_id", "channel", "received_day", "received_time", "deadline_by"}
    assert set(asked) - set(wanted) - office == {"lg_code", "consented"}


def test_the_form_prints_rows_boxes_and_a_code_per_sheet(desk: Client, call: Call) -> None:
    page = words(desk.get(at("paper", call, "flyer") + "?sheets=3"))
    codes = re.findall(r"用紙番号 ?([0-9A-Z]{4}-[0-9A-Z]{4})", page)
    assert len(set(codes)) == 3
    for said in (
        "フリガナ 氏名",
        "□ ある □ ない",
        "□ 別に添えて送る",
        "保護者の署名",
        "□ 個人情報の取扱いに同意します。",
    ):
        assert said.replace(" ", "") in page.replace(" ", "")
    common = words(desk.get(at("paper", call, "flyer") + "?sheets=0"))
    assert not re.search(r"用紙番号 ?[0-9A-Z]{4}-", common)


@pytest.mark.parametrize("asked", ["-1", "9999", "x", "１"])
def test_a_foolish_number_of_sheets_prints_one_or_at_most_fifty(desk: Client, call: Call, asked: str) -> None:
    page = desk.get(at("paper", call, "flyer"), {"sheets": asked}).content.decode()
    assert page.count('class="fax new-page"') == 1


def public(call: Call, code: str = SHEET) -> str:
    return reverse("public:paper", args=["hagi", call.code, code])


def fax(call: Call, **more: Any) -> dict[str, Any]:
    return {
        "channel": "fax", "received_day": timezone.localdate(), "deadline_by": "arrival", "family_name": "紙野",
        "given_name": "一枚", "family_name_kana": "かみの", "given_name_kana": "いちまい", "date_of_birth": "1958-03-03",
        "postal_code": "758-0041", "school_stage": "none", "consented": "on", "entry_id": uuid.uuid4(), **more,
    }  # fmt: skip


def test_a_scanned_sheet_opens_the_entry_and_afterwards_the_record(desk: Client, call: Call) -> None:
    opened = desk.get(public(call), follow=True)
    assert opened.redirect_chain[-1][0] == f"{at('entry', call)}?paper={SHEET}"
    assert SHEET in words(opened)
    slip = desk.post(at("entry", call), fax(call, paper=SHEET))
    application = Application.objects.get(call=call)
    assert slip.url == reverse("staff:entry_slip", args=["hagi", application.id])
    again = desk.get(public(call), follow=True)
    assert again.redirect_chain[-1][0] == reverse("staff:application", args=["hagi", application.id])
    assert "この用紙は入力済みです" in words(again)
    receipt = desk.get(public(call, application.code), follow=True)
    assert receipt.redirect_chain[-1][0] == reverse("staff:application", args=["hagi", application.id])
    assert "この用紙は入力済みです" not in words(receipt)


def test_a_copied_sheet_never_swallows_the_second_person(desk: Client, call: Call) -> None:
    desk.post(at("entry", call), fax(call, paper=SHEET))
    second = desk.post(at("entry", call), fax(call, paper=SHEET, family_name="別野"), follow=True)
    assert "この用紙は入力済みです" in words(second)
    assert Application.objects.filter(call=call).count() == 1
    desk.post(at("entry", call), fax(call, family_name="別野"))
    assert Application.objects.filter(call=call).count() == 2


def test_a_typed_number_is_found_and_a_wrong_one_explained(desk: Client, call: Call) -> None:
    response = desk.get(at("paper_open", call), {"paper": "７ｆ３ｋ22qx"})
    assert response.url == f"{at('entry', call)}?paper={SHEET}"
    refused = desk.get(at("paper_open", call), {"paper": "123"}, follow=True)
    assert "この番号の用紙は見つかりません" in words(refused)


@pytest.mark.parametrize("who", ["nobody", "member", "other_council", "no_role"])
@pytest.mark.parametrize("code", [SHEET, "AAAA-0001", "new"])
def test_a_stranger_who_scans_gets_the_public_page_and_no_more(
    call: Call, council: Any, other_council: Any, apply_to: Any, make_account: Any, make_staff: Any, log_in: Any,
    who: str, code: str,
) -> None:  # fmt: skip
    apply_to(call, code="AAAA-0001")
    chamber = Body.objects.create(council=council, type="npo", name="商工会議所")
    browser = {
        "nobody": Client,
        "member": lambda: log_in(make_account()),
        "other_council": lambda: log_in(make_staff(other_council, "a@example.jp")),
        "no_role": lambda: log_in(make_staff(council, "c@example.jp", "body_staff", body=chamber)),
    }[who]()
    assert browser.get(public(call, code)).url == reverse("public:call", args=["hagi", call.code])


def test_the_owner_who_scans_the_slip_gets_the_own_application(
    call: Call, apply_to: Any, make_account: Any, log_in: Any
) -> None:
    account = make_account()
    application = apply_to(call, {"account": account}, code="AAAA-0001")
    assert log_in(account).get(public(call, "AAAA-0001")).url == reverse(
        "member:application", args=[application.id]
    )
    slip = words(log_in(account).get(reverse("member:slip", args=[application.id])))
    assert "AAAA-0001" in slip
    assert (
        log_in(make_account("other@example.jp"))
        .get(reverse("member:slip", args=[application.id]))
        .status_code
        == 404
    )


@pytest.mark.skipif(not printing.can_print(), reason="chromium and pdftoppm are not installed here")
def test_a_printed_flyer_has_two_sides_and_its_codes_can_be_scanned(
    desk: Client, call: Call, tmp_path: Any
) -> None:
    pages = printing.pages_of(printing.print_to_pdf(desk, at("paper", call, "flyer"), tmp_path))
    assert len(pages) == 2
    [front], [back] = (printing.codes_on(page) for page in pages)
    assert front.endswith(reverse("public:call", args=["hagi", call.code]))
    assert re.search(rf"/calls/{call.code}/paper/[0-9A-Z]{{4}}-[0-9A-Z]{{4}}/$", back)


# Terms and bulletin


def test_terms_are_entered_and_shown(desk: Client, call: Call) -> None:
    data = {"document_number": "萩協第{n}号", "fax_number": "0838-00-0009", "deadline_by": "postmark"}
    page = desk.post(at("paper_terms", call), data, follow=True)
    assert "書類に書くことを保存しました。" in words(page)
    assert "萩協第{n}号" in words(page)
    assert "FAX送信先 0838-00-0009" in words(desk.get(at("paper", call, "flyer")))
    assert "（郵送は消印有効）" in words(desk.get(at("paper", call, "flyer")))


def test_the_bulletin_is_counted_shortened_and_kept(desk: Client, call: Call) -> None:
    address = at("bulletin", call)
    long = {"length": "20", "text": "初めて学ぶ人のための講座を、市民館で毎月開きます。"}
    assert "いま 25 字です。20 字を超えています。" in words(desk.post(address, {**long, "count": "1"}))
    refused = desk.post(address, {**long, "keep": "1"})
    assert "文が5字長すぎます。" in words(refused)
    assert not PaperTerms.objects.exclude(bulletin_text="").exists()
    short = (
        html.fromstring(desk.post(address, {**long, "shorten": "1"}).content.decode())
        .xpath("string(//textarea)")
        .strip()
    )
    assert short == "初めて学ぶ人のための講座を、市民館で…"
    kept = desk.post(address, {"length": "20", "text": short, "keep": "1"}, follow=True)
    assert "広報紙の文を保存しました。" in words(kept)
    assert PaperTerms.objects.get().bulletin_text == short


@pytest.mark.parametrize("length", ["", "0", "99999999", "x"])
def test_a_foolish_length_is_explained(desk: Client, call: Call, length: str) -> None:
    page = desk.post(at("bulletin", call), {"length": length, "text": "文", "keep": "1"})
    assert page.status_code == 200
    assert "入力内容を確認してください" in words(page)


# Whose notices people came by


@pytest.fixture
def links(desk: Client, call: Call, council: Any) -> dict[str, ReferralLink]:
    for name in ("商工会議所", "山口大学"):
        body = Body.objects.create(council=council, type="npo", name=name)
        Membership.objects.create(council=council, body=body, joined_on="2020-04-30")
    desk.post(at("referrals", call))
    return {link.body.name: link for link in ReferralLink.objects.select_related("body")}


def cells(page: Any) -> dict[str, str]:
    rows = html.fromstring(page.content.decode()).xpath("//tbody/tr")
    return {row.xpath("string(th)").strip(): row.xpath("string(td[@class='n'])").strip() for row in rows}


def test_a_visitor_by_a_bodys_qr_is_counted_for_it(
    desk: Client, call: Call, links: dict[str, ReferralLink], make_account: Any, make_person: Any
) -> None:
    Call.objects.filter(pk=call.pk).update(form_version=None)
    browser = Client()
    browser.get(reverse("public:call", args=["hagi", call.code]), {"from": links["商工会議所"].code.lower()})
    account = make_account()
    make_person(call.council, account=account)
    browser.force_login(account)
    browser.post(reverse("member:apply", args=["hagi", call.code]), {"agree": "application"})
    assert Application.objects.get(call=call).referral == links["商工会議所"].code
    assert cells(desk.get(at("referrals", call)))["商工会議所"] == "1"


@pytest.mark.parametrize("code", ["ZZZZZZ", "", "x" * 300, "<script>"])
def test_an_unknown_code_changes_nothing(call: Call, code: str) -> None:
    browser = Client()
    assert browser.get(reverse("public:call", args=["hagi", call.code]), {"from": code}).status_code == 200
    assert not browser.session.keys()


def test_the_host_sees_numbers_other_bodies_no_small_ones(
    desk: Client,
    call: Call,
    council: Any,
    links: dict[str, ReferralLink],
    apply_to: Any,
    make_staff: Any,
    log_in: Any,
) -> None:
    for name, number in (("商工会議所", 6), ("山口大学", 3)):
        for _each in range(number):
            apply_to(call, {"family_name": "秘密山"}, referral=links[name].code)
    exact = desk.get(at("referrals", call))
    assert (cells(exact)["商工会議所"], cells(exact)["山口大学"]) == ("6", "3")
    assert "秘密山" not in words(exact)
    university = links["山口大学"].body
    CallBody.objects.create(call=call, body=university, role=CallBody.Role.OPERATOR)
    operator = log_in(make_staff(council, "operator@example.jp", Role.Kind.BODY_STAFF, body=university))
    hidden = cells(operator.get(at("referrals", call)))
    assert (hidden["商工会議所"], hidden["山口大学"]) == ("—", "5未満")
    own = operator.get(reverse("staff:own_referrals", args=["hagi"]))
    assert list(cells(own).values()) == ["5未満"]


def test_a_member_body_sees_its_own_link_only(
    call: Call, council: Any, links: dict[str, ReferralLink], apply_to: Any, make_staff: Any, log_in: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _each in range(5):
        apply_to(call, referral=links["商工会議所"].code)
    apply_to(call, referral=links["山口大学"].code)
    chamber = log_in(make_staff(council, "chamber@example.jp", "body_staff", body=links["商工会議所"].body))
    address = reverse("staff:own_referrals", args=["hagi"])
    page = chamber.get(address)
    assert list(cells(page).values()) == ["5"]
    assert links["山口大学"].code not in page.content.decode()
    assert chamber.get(at("referrals", call)).status_code == 404
