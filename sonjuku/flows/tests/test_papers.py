"""What a call says on paper: the terms in their order, 起案 without names, 派遣依頼 by consent, 修了 and never 認定."""

import datetime as dt
import subprocess

import pytest

from sonjuku.flows import calling
from sonjuku.flows.papers import bulletin, certificates, dispatch, drafts, guidelines, sheets
from sonjuku.flows.papers.saying import guardian_may_be_needed, until
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application, Approval, EligibilityRule, SelectionRun
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Consent
from sonjuku.toolbox import docx
from sonjuku.toolbox.counting import bulletin_length
from sonjuku.toolbox.dates import at_tokyo
from tests import printing

pytestmark = pytest.mark.django_db
ADDRESS = "https://sonjuku.example.jp/c/hagi/calls/call-1/"
PARTS = [
    *(
        "1　趣旨",
        "2　主催",
        "3　対象",
        "4　日程",
        "5　場所",
        "6　定員",
        "7　費用",
        "8　選考方法",
        "9　申込方法",
    ),
    *("10　締切", "11　保護者の同意", "12　個人情報の取扱い", "13　問合せ先"),
]


@pytest.fixture
def call(make_call, council):
    """Closes as 30 November begins: the 29th is the last day."""
    return make_call(
        council,
        summary="初めて学ぶ人のための講座です。毎月集まります。",
        closes_at=at_tokyo(dt.date(2026, 11, 30)),
    )


@pytest.fixture
def school(council):
    return Body.objects.create(council=council, type="high_school", name="萩高等学校")


def say(paper):
    return "\n".join(docx.texts(paper))


# 募集要項


def test_the_terms_stand_in_the_order_of_councils(call, at):
    paper = guidelines.guidelines(call, at=at, address=ADDRESS)
    headings = [block.text for block in paper.blocks if block.kind == "heading"]
    assert headings == ["ITパスポート講座　募集要項", *PARTS]
    text = say(paper)
    for words in (
        "令和8年12月14日(月)から令和9年3月14日(日)まで", "萩市民館", "3人", "無料", "抽選に使う数：12月4日の公開の数",
        "令和8年11月29日(日)まで", "郵送は、締切の日の必着です。", "利用目的：講座の運営と連絡のため", "企業誘致推進課",
        "電話 0838-00-0000", ADDRESS, "結果発表：令和8年12月7日(月)",
    ):  # fmt: skip
        assert words in text


def test_the_postmark_rule_and_the_fax_number_are_said(call, secretariat, at):
    calls.set_paper_terms(by=secretariat, call=call, deadline_by="postmark", fax_number="0838-00-0009")
    text = say(guidelines.guidelines(call, at=at, address=ADDRESS))
    assert "郵送は、締切の日の消印まで有効です。" in text
    assert "FAX：0838-00-0009" in text


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "令和8年11月29日(日)まで"),
        (17, 0, "令和8年11月30日(月)17時まで"),
        (17, 15, "令和8年11月30日(月)17時15分まで"),
    ],
)
def test_a_close_at_midnight_is_the_day_before(hour, minute, said):
    assert until(at_tokyo(dt.date(2026, 11, 30), dt.time(hour, minute))) == said


def test_a_guardian_is_asked_for_unless_all_must_be_grown_up(call, at):
    assert guardian_may_be_needed(call, at)
    rule = EligibilityRule.objects.create(call=call, kind="age", minimum=18)
    assert guardian_may_be_needed(call, at)  # a pupil of 18 is a pupil
    rule.minimum = 20
    rule.save()
    assert not guardian_may_be_needed(call, at)


# 起案


def test_a_draft_leaves_the_decision_blank_until_it_is_there(call, secretariat, at):
    blank = drafts.draft(call, "open", at=at, address=ADDRESS)
    assert blank.title == "「ITパスポート講座」の募集の開始について（伺い）"
    assert ["起案日", "令和8年11月20日(金)", "決裁番号", ""] in blank.blocks[1].rows
    calls.record_approval(
        by=secretariat, call=call, step="open", number="企誘第12号", decided_on=dt.date(2026, 11, 18)
    )
    filled = drafts.draft(call, "open", at=at, address=ADDRESS)
    assert filled.blocks[1].rows == [
        ["起案日", "令和8年11月20日(金)", "決裁番号", "企誘第12号"],
        ["起案者", "", "決裁日", "令和8年11月18日(水)"],
    ]
    assert [block.text for block in filled.blocks if block.kind == "heading"][-13:] == PARTS


@pytest.fixture
def decided(call, council, make_person, system):
    """Five apply, three win."""
    calling.open_call(by=system, call=call)
    call.refresh_from_db()
    verdicts = ["selected", "selected", "selected", "waitlisted", "ineligible"]
    for number, verdict in enumerate(verdicts):
        Application.objects.create(
            council=council, call=call, person=make_person(council, family_name="秘密山"), state="submitted",
            code=f"AAAA-000{number}", verdict=verdict, rank=number + 1,
        )  # fmt: skip
    return call


def test_a_decision_names_codes_and_numbers_only(decided, at):
    paper = drafts.draft(decided, "decide", at=at, address=ADDRESS)
    text = say(paper)
    assert "秘密山" not in text
    tables = [block for block in paper.blocks if block.kind == "table"]
    assert tables[3].rows == [
        ["申込み", "5件"],
        ["定員", "3人"],
        ["参加者", "3件"],
        ["補欠", "1件"],
        ["対象外", "1件"],
    ]
    assert tables[4].rows == [
        ["番号", "受付番号"],
        ["1", "AAAA-0000"],
        ["2", "AAAA-0001"],
        ["3", "AAAA-0002"],
    ]


def test_names_stand_there_only_when_chosen(decided, at):
    assert "秘密山" in say(drafts.draft(decided, "decide", at=at, address=ADDRESS, with_names=True))


def test_a_frozen_list_is_cited_by_its_hash(decided, at):
    decided.selection_run = SelectionRun.objects.create(
        council=decided.council,
        state="frozen",
        frozen_at=at,
        list_hash="ab" * 32,
        frozen_list="rules\tx\nA-1\t1\n",
    )
    decided.save()
    text = say(drafts.draft(decided, "decide", at=at, address=ADDRESS))
    assert "ab" * 32 in text
    assert "12月4日の公開の数" in text


def consent(application, at, **fields):
    base = {
        "council": application.council, "person": application.person, "about_id": application.id, "text": "同意",
        "purpose": Consent.Purpose.PROVISION, "text_version": "2026-1", "asked_at": at, "given_at": at,
        "receivers": ["萩商工会議所"], "items": ["氏名", "電話番号"],
    }  # fmt: skip
    return Consent.objects.create(**{**base, **fields})


def test_giving_to_others_counts_standing_consents_by_receiver(decided, at):
    first, second, third, fourth, fifth = decided.applications.order_by("code")
    consent(first, at)
    consent(second, at)
    consent(third, at, withdrawn_at=at)
    consent(fourth, at, given_at=None)
    consent(fifth, at, receivers=["山口大学"], items=["氏名"])
    paper = drafts.draft(decided, "provide", at=at, address=ADDRESS)
    rows = next(block.rows for block in paper.blocks if block.kind == "table" and "提供先" in block.rows[0])
    assert sorted(rows[1:]) == [
        ["山口大学", "氏名", "2026-1", "1人"],
        ["萩商工会議所", "氏名、電話番号", "2026-1", "2人"],
    ]
    assert "同意した人は合わせて3人です" in say(paper)
    assert "秘密山" not in say(paper)


# 派遣依頼


@pytest.fixture
def pupil(call, council, make_person, school, at):
    def make(name, **fields):
        person = make_person(council, family_name=name, given_name="生徒", school=school, school_stage="high")
        application = Application.objects.create(council=council, call=call, person=person, state="accepted")
        return Participation.objects.create(
            council=council, call=call, person=person, application=application, started_at=at, **fields
        )

    return make


def test_a_school_reads_only_the_names_of_those_who_agreed(call, school, pupil, at):
    agreed, general, other_receiver, withdrawn = (pupil(name) for name in ("賛成", "一般", "別先", "撤回"))
    pupil("無断")
    pupil("辞退", state="withdrawn")
    purpose = Consent.Purpose.SCHOOL_STATUS
    consent(agreed.application, at, purpose=purpose, receivers=["萩高等学校"])
    consent(general.application, at, purpose=purpose, receivers=[], about_id=None)
    consent(other_receiver.application, at, receivers=["山口大学"])
    consent(withdrawn.application, at, purpose=purpose, receivers=["萩高等学校"], withdrawn_at=at)
    text = say(dispatch.dispatch(call, school, at=at))
    assert "5人\n" in text
    assert "賛成 生徒" in text
    assert "一般 生徒" in text
    assert "ほか3人（氏名をお伝えする同意がない生徒）" in text
    for name in ("別先", "撤回", "無断", "辞退"):
        assert name not in text


def test_a_consent_for_another_application_says_nothing_here(call, school, pupil, make_call, council, at):
    place = pupil("別件")
    elsewhere = Application.objects.create(council=council, call=make_call(council), person=place.person)
    consent(elsewhere, at, purpose=Consent.Purpose.SCHOOL_STATUS, receivers=["萩高等学校"])
    assert "別件" not in say(dispatch.dispatch(call, school, at=at))


def test_the_letter_is_addressed_and_signed(call, school, pupil, secretariat, at):
    pupil("無断")
    calls.set_paper_terms(
        by=secretariat, call=call, document_number="萩協第{n}号", signatory_title="会長", signatory_name="見本 一郎",
        seal_omitted=True,
    )  # fmt: skip
    texts = docx.texts(dispatch.dispatch(call, school, at=at))
    assert texts[:6] == [
        "萩協第　　号", "令和8年11月20日", "萩高等学校長　様", "萩グローバルIT人材育成協議会", "会長　見本 一郎", "（公印省略）",
    ]  # fmt: skip
    assert [(body.name, number) for body, number in dispatch.schools(call)] == [("萩高等学校", 1)]


# 修了証


def test_a_certificate_says_finished_never_judged(call, pupil, secretariat, at):
    place = pupil("修了", state="completed", completed_at=at, certificate_number=7)
    pupil("途中")
    calls.set_paper_terms(by=secretariat, call=call, document_number="萩協第{n}号", appeal_notice="教示の文")
    made = certificates.certificates(call, Participation.objects.filter(call=call), at=at)
    assert [(row.participation, row.name, row.number, row.issued) for row in made] == [
        (place, "修了 生徒", "萩協第7号", "令和8年11月20日")
    ]
    assert made[0].appeal == "教示の文"
    assert made[0].award_id is None
    ours = made[0].body.replace(call.title, "")
    assert "修了しました" in ours
    assert "認定" not in ours


@pytest.mark.parametrize(("visibility", "shown"), [("public", True), ("council", False), ("private", False)])
def test_only_a_public_badge_gets_its_qr(call, council, pupil, at, visibility, shown):
    place = pupil("修了", state="completed", completed_at=at)
    key = IssuerKey.objects.create(council=council, did="did:key:z6Mk", private_key=b"x", created_at=at)
    award = Award.objects.create(
        council=council, person=place.person, participation=place, issuer_key=key, visibility=visibility,
        achievement=Achievement.objects.create(council=council, call=call, title="IT"), credential={}, issued_at=at,
    )  # fmt: skip
    [row] = certificates.certificates(call, [place], at=at)
    assert row.award_id == (award.id if shown else None)


# 広報紙の文


def test_the_bulletin_keeps_its_order_and_its_length(call, at):
    made = bulletin.compose(call, at=at, length=300, address=ADDRESS)
    assert made.text.startswith("【ITパスポート講座】初めて学ぶ人のための講座です。毎月集まります。\n■とき　")
    marks = [line[1:].split("　")[0] for line in made.text.split("\n")[1:]]
    assert marks == ["とき", "ところ", "定員", "費用", "申込み", "問合せ"]
    assert made.left_out == []


@pytest.mark.parametrize("length", range(20, 220, 7))
def test_the_bulletin_is_never_too_long(call, at, length):
    made = bulletin.compose(call, at=at, length=length, address=ADDRESS)
    assert bulletin_length(made.text) <= length


def test_what_has_no_room_is_left_out_whole_and_said(call, at):
    made = bulletin.compose(call, at=at, length=45, address=ADDRESS)
    # 【ITパスポート講座】 10字, ■とき　 and the days 27字.
    assert made.text == "【ITパスポート講座】\n■とき　令和8年12月14日(月)から令和9年3月14日(日)まで"
    assert made.left_out == ["ところ", "定員", "費用", "申込み", "問合せ", "趣旨"]


# Sheets


def test_a_sheets_code_is_its_application_to_be(call, make_call, council):
    code = sheets.read_code("7f3k22qx")
    assert code == "7F3K-22QX"
    assert sheets.entry_id(call, code) == sheets.entry_id(call, code)
    assert sheets.entry_id(call, code) != sheets.entry_id(make_call(council), code)


@pytest.mark.parametrize("text", ["", "new", "7F3K", "7F3K-22QX-1", "ＵＵＵＵ－ＵＵＵＵ", "../../etc"])
def test_what_is_no_code_is_none(text):
    assert sheets.read_code(text) == ""


def test_a_code_finds_the_application_of_its_sheet_or_receipt_in_its_call_only(
    call, make_call, council, make_person
):
    made = Application.objects.create(
        id=sheets.entry_id(call, "7F3K-22QX"),
        council=council,
        call=call,
        person=make_person(council),
        code="AAAA-0001",
    )
    assert sheets.application_of(call, "7F3K-22QX") == made
    assert sheets.application_of(call, "AAAA-0001") == made
    assert sheets.application_of(call, "7F3K-22QY") is None
    assert sheets.application_of(make_call(council), "AAAA-0001") is None


# Office


@pytest.mark.skipif(not printing.has_office(), reason="LibreOffice is not installed here")
def test_an_office_program_loses_nothing(decided, school, pupil, at, tmp_path):
    place = pupil("賛成")
    consent(place.application, at, purpose=Consent.Purpose.SCHOOL_STATUS, receivers=["萩高等学校"])
    consent(place.application, at)
    papers = {
        "guidelines": guidelines.guidelines(decided, at=at, address=ADDRESS),
        "dispatch": dispatch.dispatch(decided, school, at=at),
        **{step: drafts.draft(decided, step, at=at, address=ADDRESS) for step in Approval.Step.values},
    }
    for name, paper in papers.items():
        (tmp_path / f"{name}.docx").write_bytes(docx.write(paper))
    files = [str(tmp_path / f"{name}.docx") for name in papers]
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    for kind in ("pdf", "txt:Text (encoded):UTF8"):
        command = [*office, kind, "--outdir", str(tmp_path), *files]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    for name, paper in papers.items():
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF-")
        read = (tmp_path / f"{name}.txt").read_text(encoding="utf-8-sig")
        for text in docx.texts(paper):
            for line in text.split("\n"):
                assert line in read, f"{name}: {line}"
