"""Applying in a browser, from the first page to the receipt, and everything that may go wrong between."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import confirming, guarding
from sonjuku.rooms.calls.models import Application, Call, EligibilityRule, SeatPool
from sonjuku.rooms.forms.models import Answer, Upload
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Consent, Person, TermsAcceptance, TermsVersion, Tie

AGREE = {"agree": "application"}
GUARDIAN = {
    "guardian-name": "見本 母",
    "guardian-relation": "母",
    "guardian-how": "mail",
    "guardian-email": "mother@example.jp",
}


def at(call: Call) -> str:
    return reverse("member:apply", args=[call.council.slug, call.code])


def text(response) -> str:
    return response.content.decode().replace("<wbr>", "")


def pdf(name: str = "作文.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 hello", "application/pdf")


def test_a_stranger_is_led_to_the_login_and_back(client, first_come):
    response = client.get(at(first_come))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={at(first_come)}")


def test_first_come_with_a_complete_profile_is_one_button(log_in, adult, first_come):
    me = log_in(adult)
    page = text(me.get(at(first_come)))
    main = page[page.index("<main") : page.index("</main>")]
    # Nothing to fill in: only the button stands between the person and the place.
    assert not re.findall(r'<(?:input(?! type="hidden")|select|textarea)', main)
    response = me.post(at(first_come), AGREE, follow=True)
    application = Application.objects.get(call=first_come, person=adult.person)
    assert application.state == "accepted"
    assert Participation.objects.filter(application=application).exists()
    assert application.code in text(response)
    assert "参加が決まりました" in text(response)
    assert Letter.objects.filter(about_id=application.id, kind="receipt").count() == 1
    consent = Consent.objects.get(about_id=application.id, purpose="application")
    assert consent.holds
    assert "講座の運営と連絡のため" in consent.text


def test_without_the_agreement_nothing_is_sent(log_in, adult, first_come):
    response = log_in(adult).post(at(first_come), {})
    assert response.status_code == 409
    assert not Application.objects.exists()


def test_a_doubled_submit_gives_the_same_receipt_once(log_in, adult, first_come):
    me = log_in(adult)
    first, second = me.post(at(first_come), AGREE), me.post(at(first_come), AGREE)
    assert first["Location"] == second["Location"]
    assert Application.objects.count() == Letter.objects.filter(kind="receipt").count() == 1
    assert SeatPool.objects.get(call=first_come).taken == 1


def test_a_newcomer_tells_about_themselves_first(log_in, make_account, council, first_come):
    account = make_account("new@example.jp")
    me = log_in(account)
    assert "あなたのこと" in text(me.get(at(first_come)))
    told = {
        "family_name": "髙橋", "given_name": "花子", "family_name_kana": "たかはし", "given_name_kana": "ﾊﾅｺ",
        "date_of_birth": "1990-05-05", "school_stage": "none", "postal_code": "7580041", "address": "山口県萩市江向1",
        "ties": ["origin"],
    }  # fmt: skip
    response = me.post(at(first_come), told)
    assert response["Location"] == at(first_come)
    person = Person.objects.get(account=account, council=council)
    assert (person.family_name, person.family_name_kana, person.given_name_kana) == (
        "髙橋",
        "タカハシ",
        "ハナコ",
    )
    assert person.lg_code == "352047"
    assert Tie.objects.filter(person=person, kind="origin", lg_code=council.lg_code).exists()
    me.post(at(first_come), AGREE)
    assert Application.objects.get(person=person).state == "accepted"


def test_errors_keep_what_was_typed_and_say_what_to_do(log_in, make_account, first_come):
    me = log_in(make_account("new@example.jp"))
    response = me.post(
        at(first_come), {"family_name": "見本", "family_name_kana": "mihon", "school_stage": "none"}
    )
    assert response.status_code == 422
    page = text(response)
    assert 'value="見本"' in page
    assert "ひらがなか片仮名で入力してください" in page
    assert "名が空です。入力してください。" in page
    assert 'href="#id_given_name"' in page
    assert not Person.objects.filter(account__email="new@example.jp").exists()


def test_a_profile_of_another_council_is_carried_over(
    log_in, make_account, make_person, other_council, first_come
):
    account = make_account("known@example.jp")
    make_person(other_council, account=account, family_name="既知", email=account.email)
    me = log_in(account)
    page = text(me.get(at(first_come)))
    assert "既知" in page
    assert "ほかの協議会に預けた内容を使います" in page
    me.post(at(first_come), AGREE)
    assert Person.objects.get(account=account, council=first_come.council).family_name == "既知"


def test_a_lottery_with_branch_file_and_guardian(log_in, learner, open_call, with_form):
    call = open_call()
    with_form(call)
    me = log_in(learner)
    page = text(me.get(at(call)))
    assert 'name="guardian-name"' in page
    assert "対象外になります" in page
    sent = {
        **AGREE,
        **GUARDIAN,
        "q_pc": "no",
        "q_loan": "3か月",
        "q_paper": pdf(),
        "form_version": call.form_version_id,
    }
    response = me.post(at(call), sent, follow=True)
    application = Application.objects.get(call=call)
    assert application.state == "submitted"
    assert application.needs_guardian
    assert Answer.objects.get(question__key="loan").value == "3か月"
    consent = Consent.objects.get(about_id=application.id, purpose="guardian")
    assert Letter.objects.get(kind="guardian_request").to_address == "mother@example.jp"
    page = text(response)
    assert "保護者の同意を待っています" in page
    assert "<svg" in page
    # The link in the QR is the one that works, and opening it answers nothing.
    assert log_in(learner).get(guarding.link(consent)).status_code == 200
    consent.refresh_from_db()
    assert consent.given_at is None


def test_hidden_answers_are_dropped(log_in, learner, open_call, with_form):
    call = open_call()
    with_form(call)
    log_in(learner).post(
        at(call), {**AGREE, **GUARDIAN, "q_pc": "yes", "q_loan": "こっそり", "q_paper": pdf()}
    )
    assert Application.objects.filter(call=call).exists()
    assert not Answer.objects.filter(question__key="loan").exists()


def test_a_wrong_file_is_named_and_the_rest_stays(log_in, adult, open_call, with_form):
    call = open_call()
    with_form(call)
    fake = SimpleUploadedFile("作文.pdf", b"MZ this is a program", "application/pdf")
    response = log_in(adult).post(at(call), {**AGREE, "q_pc": "no", "q_loan": "3か月", "q_paper": fake})
    assert response.status_code == 422
    assert 'value="3か月"' in text(response)
    assert not Application.objects.exists()
    assert not Upload.objects.exists()


def test_a_good_file_beside_an_error_must_be_chosen_again_and_says_so(log_in, adult, open_call, with_form):
    call = open_call()
    with_form(call)
    response = log_in(adult).post(at(call), {**AGREE, "q_pc": "no", "q_paper": pdf()})
    assert response.status_code == 422
    assert "もう一度選んでください" in text(response)


@pytest.mark.django_db(transaction=True)
def test_the_guardian_may_not_be_the_pupil(log_in, learner, first_come):
    response = log_in(learner).post(
        at(first_come), {**AGREE, **GUARDIAN, "guardian-email": "PUPIL+x@example.jp"}
    )
    assert response.status_code == 422
    assert "本人のものと同じです" in text(response)
    assert 'value="見本 母"' in text(response)
    assert not Application.objects.exists()


def test_first_come_holds_a_seat_for_the_guardian(log_in, learner, first_come):
    me = log_in(learner)
    response = me.post(
        at(first_come), {**AGREE, **GUARDIAN, "guardian-how": "qr", "guardian-email": ""}, follow=True
    )
    assert "席を確保しています" in text(response)
    assert SeatPool.objects.get(call=first_come).taken == 1
    assert Letter.objects.get(kind="guardian_request").state == Letter.State.HELD
    paper = me.get(reverse("member:consent_paper", args=[Application.objects.get().id]))
    assert Application.objects.get().code in text(paper)


def test_a_birthday_told_just_now_asks_for_the_guardian(log_in, learner, first_come):
    Person.objects.filter(pk=learner.person.pk).update(date_of_birth=None, school_stage="none")
    me = log_in(learner)
    assert 'name="guardian-name"' not in text(me.get(at(first_come)))
    born = (timezone.localdate() - dt.timedelta(days=16 * 365)).isoformat()
    response = me.post(at(first_come), {**AGREE, "date_of_birth": born})
    assert response.status_code == 422
    assert 'name="guardian-name"' in text(response)
    me.post(at(first_come), {**AGREE, **GUARDIAN, "date_of_birth": born})
    assert Application.objects.get().needs_guardian


def test_who_is_not_meant_hears_why_before_the_questions(log_in, adult, open_call, with_form):
    call = open_call()
    with_form(call)
    EligibilityRule.objects.create(call=call, kind="school_stage", values=["high"])
    response = log_in(adult).get(at(call))
    assert response.status_code == 409
    assert "この募集の対象ではないようです" in text(response)
    assert "高校" in text(response)
    assert "パソコンはありますか" not in text(response)


def test_missing_facts_are_asked_before_the_questions(log_in, learner, open_call, with_form):
    call = open_call()
    with_form(call)
    EligibilityRule.objects.create(call=call, kind="residence_in", values=["352047"])
    Person.objects.filter(pk=learner.person.pk).update(lg_code="", postal_code="")
    me = log_in(learner)
    page = text(me.get(at(call)))
    assert 'name="postal_code"' in page
    assert "パソコンはありますか" not in page
    assert me.post(at(call), {"postal_code": ""}).status_code == 422
    me.post(at(call), {"postal_code": "1000001", "address": "東京都千代田区1"})
    assert "この募集の対象ではないようです" in text(me.get(at(call)))


@pytest.mark.parametrize(
    ("state", "opens", "closes", "said"),
    [
        ("open", -2, -1, "受付は終わりました"),
        ("closed", -2, -1, "受付は終わりました"),
        ("announced", 1, 2, "まだ受け付けていません"),
    ],
)
def test_a_closed_call_says_so_and_saves_nothing(log_in, adult, open_call, state, opens, closes, said):
    now = timezone.now()
    call = open_call(
        state=state, opens_at=now + dt.timedelta(days=opens), closes_at=now + dt.timedelta(days=closes)
    )
    me = log_in(adult)
    assert me.get(at(call)).status_code == 409
    response = me.post(at(call), AGREE)
    assert response.status_code == 409
    assert said in text(response)
    assert not Application.objects.exists()


def test_the_last_second_counts_and_the_deadline_does_not(log_in, adult, open_call, monkeypatch):
    """003-05: until the day before: 23:59:59 in Tokyo is in, 0:00:00 is out, whatever state the row still has."""
    deadline = dt.datetime(2031, 3, 1, 15, 0, tzinfo=dt.UTC)
    call = open_call(
        opens_at=deadline - dt.timedelta(days=9), closes_at=deadline, starts_on=dt.date(2031, 3, 9)
    )
    clock = deadline
    monkeypatch.setattr(timezone, "now", lambda: clock)
    me = log_in(adult)
    assert me.post(at(call), AGREE).status_code == 409
    assert not Application.objects.exists()
    clock = deadline - dt.timedelta(seconds=1)
    assert me.post(at(call), AGREE).status_code == 302
    assert Application.objects.get().submitted_at == clock


def test_a_draft_and_another_councils_address_are_not_there(log_in, adult, open_call, other_council):
    draft = open_call(state=Call.State.DRAFT)
    me = log_in(adult)
    assert me.get(at(draft)).status_code == 404
    assert me.get(reverse("member:apply", args=["aomori", open_call().code])).status_code == 404
    assert me.get(reverse("member:apply", args=["nowhere", "x"])).status_code == 404


def test_a_full_event_leads_to_the_waiting_list_and_a_withdrawal_moves_it(
    log_in, adult, make_account, make_person, council, first_come
):
    SeatPool.objects.filter(call=first_come).update(capacity=1)
    second = make_account("second@example.jp")
    make_person(council, account=second, email=second.email)
    log_in(adult).post(at(first_come), AGREE)
    later = log_in(second)
    page = text(later.post(at(first_come), AGREE, follow=True))
    assert "キャンセル待ちの1番目です" in page
    mine = Application.objects.get(person=adult.person)
    action = reverse("member:application_action", args=[mine.id, "decline"])
    assert "席は次の方に回ります" in text(log_in(adult).get(action))
    log_in(adult).post(action)
    waiting = Application.objects.get(person__account=second)
    assert waiting.state == "offered"
    assert "参加するかどうか、お知らせください" in text(
        later.get(reverse("member:application", args=[waiting.id]))
    )
    later.post(reverse("member:application_action", args=[waiting.id, "confirm"]))
    waiting.refresh_from_db()
    assert waiting.state == "accepted"


def test_after_a_withdrawal_one_may_apply_again(log_in, adult, first_come):
    me = log_in(adult)
    me.post(at(first_come), AGREE)
    confirming.decline(by=Actor(at=timezone.now()), application=Application.objects.get())
    assert me.get(at(first_come)).status_code == 200
    me.post(at(first_come), AGREE)
    assert Application.objects.get().state == "accepted"


def test_options_are_asked_where_there_are_several(log_in, adult, first_come):
    SeatPool.objects.filter(call=first_come).update(option="昼の部")
    SeatPool.objects.create(call=first_come, option="夜の部", capacity=2)
    me = log_in(adult)
    response = me.post(at(first_come), AGREE)
    assert response.status_code == 422
    assert "区分が選ばれていません" in text(response)
    me.post(at(first_come), {**AGREE, "option": "夜の部"})
    assert Application.objects.get().option == "夜の部"


def test_a_pupil_may_let_the_school_see_the_state(log_in, learner, council, first_come):
    school = Body.objects.create(council=council, type=Body.Type.HIGH_SCHOOL, name="萩高校")
    Person.objects.filter(pk=learner.person.pk).update(school=school)
    me = log_in(learner)
    me.post(at(first_come), {**AGREE, **GUARDIAN, "share_school": "on"})
    consent = Consent.objects.get(purpose="school_status")
    assert consent.holds
    assert consent.receivers == ["萩高校"]


def test_questions_exchanged_meanwhile_are_shown_again(log_in, adult, open_call, with_form):
    call = open_call()
    with_form(call)
    response = log_in(adult).post(
        at(call),
        {**AGREE, "q_pc": "yes", "q_paper": pdf(), "form_version": "00000000-0000-0000-0000-000000000000"},
    )
    assert "質問が新しくなりました" in text(response)
    assert not Application.objects.exists()


def test_who_applies_in_english_gets_letters_in_english(log_in, make_account, first_come):
    me = log_in(make_account("new@example.jp"))
    told = {
        "family_name": "Smith", "given_name": "Ann", "family_name_kana": "スミス", "given_name_kana": "アン",
        "date_of_birth": "1990-05-05", "school_stage": "none",
    }  # fmt: skip
    path = f"/en{at(first_come)}"
    me.post(path, told)
    me.post(path, AGREE)
    assert Letter.objects.get(kind="receipt").language == "en"


def test_new_terms_are_agreed_to_with_the_same_button(log_in, adult, council, first_come):
    version = TermsVersion.objects.create(
        council=council, kind="terms", number=1, operator_name="協議会", text="規約", valid_from=dt.date(2026, 1, 1),
        created_at=timezone.now(),
    )  # fmt: skip
    me = log_in(adult)
    assert f'name="terms" value="{version.id}"' in text(me.get(at(first_come)))
    # Sent from a page that was opened before the terms came into force.
    older = me.post(at(first_come), AGREE)
    assert older.status_code == 409
    assert "利用規約が新しくなりました" in text(older)
    assert not Application.objects.exists()
    me.post(at(first_come), {**AGREE, "terms": [str(version.id), "x"]})
    assert Application.objects.get().state == "accepted"
    assert TermsAcceptance.objects.get().version == version
    assert "規約への同意" not in text(me.get(at(first_come)))
