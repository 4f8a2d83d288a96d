"""My page's one next step, the profile, and files behind their permission check."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, CallBody
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Occasion, Participation
from sonjuku.rooms.people.models import Body, Person, Role, Tie

HOME = "/me/"


def text(response) -> str:
    return response.content.decode().replace("<wbr>", "")


def step_of(page: str) -> str:
    return page.split('id="next-step-title"')[1].split("</div>")[0] if "next-step-title" in page else ""


@pytest.fixture
def place(adult, council, open_call) -> Participation:
    call = open_call(title="体験会")
    return Participation.objects.create(
        council=council, call=call, person=adult.person, started_at=timezone.now()
    )


def occasion(place, *, hours: int) -> Occasion:
    start = timezone.now() + dt.timedelta(hours=hours)
    return Occasion.objects.create(
        council=place.council, call=place.call, starts_at=start, ends_at=start + dt.timedelta(hours=1)
    )


def owe(place, kind: str, **fields) -> Obligation:
    rule = ObligationRule.objects.create(call=place.call, kind=kind, title=f"{kind}する")
    return Obligation.objects.create(council=place.council, participation=place, rule=rule, **fields)


def test_a_newcomer_is_shown_an_open_call(log_in, make_account, open_call):
    open_call(title="いま受付中の講座")
    page = text(log_in(make_account("new@example.jp")).get(HOME))
    assert "いま受付中の講座" in step_of(page)
    assert "いま受け付けています" in step_of(page)


def test_an_empty_house_is_said_kindly(log_in, make_account):
    page = text(log_in(make_account("new@example.jp")).get(HOME))
    assert "まだ申込みはありません" in page


def test_nothing_to_do_is_said(log_in, adult, place):
    page = text(log_in(adult).get(HOME))
    assert "いま、していただくことはありません" in page
    assert "体験会" in page


def test_a_survey_waits_until_the_event_is_over(log_in, adult, place):
    owe(place, "answer")
    meeting = occasion(place, hours=48)
    assert "answerする" not in step_of(text(log_in(adult).get(HOME)))
    Occasion.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - dt.timedelta(hours=2), ends_at=timezone.now() - dt.timedelta(hours=1)
    )
    step = step_of(text(log_in(adult).get(HOME)))
    assert "answerする" in step
    assert "修了まで、あと1つです" in step


def test_the_earliest_due_comes_first(log_in, adult, place):
    today = timezone.localdate()
    owe(place, "upload", due_on=today + dt.timedelta(days=1))
    owe(place, "answer", due_on=today)
    assert "answerする" in step_of(text(log_in(adult).get(HOME)))


def test_an_offer_comes_before_everything(log_in, adult, council, open_call, place):
    owe(place, "answer", due_on=timezone.localdate())
    Application.objects.create(
        council=council, call=open_call(title="結果待ち講座"), person=adult.person, state="offered",
        confirm_by=timezone.now() + dt.timedelta(days=1), announced_at=timezone.now(),
    )  # fmt: skip
    assert "結果待ち講座" in step_of(text(log_in(adult).get(HOME)))


def test_todays_event_leads_to_the_ticket(log_in, adult, place):
    occasion(place, hours=0)
    step = step_of(text(log_in(adult).get(HOME)))
    assert "今日は「体験会」です" in step
    assert reverse("member:ticket", args=[place.id]) in step


def test_a_guardian_with_an_account_finds_the_request(log_in, make_account, council, learner, open_call):
    from sonjuku.rooms.people.models import Consent, Guardian

    mother = make_account("mother@example.jp")
    application = Application.objects.create(
        council=council,
        call=open_call(title="夏の講座"),
        person=learner.person,
        state="submitted",
        needs_guardian=True,
    )
    guardian = Guardian.objects.create(
        council=council, person=learner.person, name="母", relation="母", account=mother
    )
    consent = Consent.objects.create(
        council=council, person=learner.person, guardian=guardian, purpose="guardian", text="文", text_version="1",
        asked_at=timezone.now(), about_id=application.id,
    )  # fmt: skip
    page = text(log_in(mother).get(HOME))
    assert "お子さまの申込みに、お答えください" in step_of(page)
    assert "夏の講座" in step_of(page)
    Consent.objects.filter(pk=consent.pk).update(given_at=timezone.now())
    page = text(log_in(mother).get(HOME))
    assert "お答えください" not in step_of(page)
    assert "同意しました" in page


def test_my_page_shows_nobody_elses(log_in, make_account, adult, place):
    page = text(log_in(make_account("other@example.jp")).get(HOME))
    assert str(place.id) not in page


def test_places_do_not_add_queries(log_in, adult, council, open_call, place, django_assert_max_num_queries):
    owe(place, "answer")
    occasion(place, hours=20)
    me = log_in(adult)
    me.get(HOME)
    with django_assert_max_num_queries(17) as one:
        me.get(HOME)
    for _ in range(2):
        more = Participation.objects.create(
            council=council, call=open_call(), person=adult.person, started_at=timezone.now()
        )
        owe(more, "upload")
        occasion(more, hours=30)
    with django_assert_max_num_queries(len(one.captured_queries)):
        me.get(HOME)


# Profile


PROFILE = {
    "family_name": "髙橋", "given_name": "花子", "family_name_kana": "たかはし", "given_name_kana": "ハナコ",
    "date_of_birth": "2009-05-05", "school_stage": "high", "postal_code": "758-0041", "address": "山口県萩市江向1",
    "display_name": "はな", "language": "ja",
}  # fmt: skip


def profile_of(council) -> str:
    return reverse("member:profile", args=[council.slug])


def test_a_profile_is_saved_with_school_and_ties(log_in, make_account, council):
    school = Body.objects.create(council=council, type=Body.Type.HIGH_SCHOOL, name="萩高校")
    account = make_account("new@example.jp")
    me = log_in(account)
    response = me.post(profile_of(council), {**PROFILE, "school": school.pk, "ties": ["resident", "origin"]})
    assert response["Location"] == HOME
    person = Person.objects.get(account=account)
    assert (person.family_name, person.family_name_kana, person.lg_code) == ("髙橋", "タカハシ", "352047")
    assert person.school == school
    assert set(Tie.objects.values_list("kind", flat=True)) == {"resident", "origin"}
    me.post(profile_of(council), {**PROFILE, "school_stage": "none", "school": school.pk, "ties": ["origin"]})
    person.refresh_from_db()
    assert person.school is None
    assert set(Tie.objects.values_list("kind", flat=True)) == {"origin"}


def test_the_profile_leads_back_to_where_one_came_from(log_in, adult, council):
    me = log_in(adult)
    assert me.post(profile_of(council), {**PROFILE, "next": "/c/hagi/"})["Location"] == "/c/hagi/"
    assert me.post(profile_of(council), {**PROFILE, "next": "https://evil.example/"})["Location"] == HOME


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("family_name_kana", "Takahashi", "フリガナに使えない文字があります"),
        ("date_of_birth", "2999-01-01", "生年月日が正しくないようです"),
        ("postal_code", "000-0000", "この郵便番号は見つかりません"),
        ("email", "nope", "メールアドレスの形ではありません"),
    ],
)
def test_wrong_entries_are_explained(log_in, adult, council, field, value, said):
    response = log_in(adult).post(profile_of(council), {**PROFILE, field: value})
    assert response.status_code == 422
    assert said in text(response)
    adult.person.refresh_from_db()
    assert adult.person.family_name == "見本"


# Files


@pytest.fixture
def upload(adult, council) -> Upload:
    return Upload.objects.create(
        council=council, person=adult.person, name="作文;\"../x.pdf", mime="application/pdf", size=8, sha256="0" * 64,
        file=ContentFile(b"%PDF-1.4", name="x"),
    )  # fmt: skip


@pytest.fixture
def attached(upload, adult, council, open_call) -> Upload:
    from sonjuku.rooms.forms.models import Form, FormVersion, Response

    call = open_call()
    application = Application.objects.create(
        council=council, call=call, person=adult.person, state="submitted"
    )
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="様式"))
    upload.response = Response.objects.create(
        council=council, version=version, person=adult.person, about_id=application.id
    )
    upload.save()
    return upload


def as_desk(log_in, account):
    me = log_in(account)
    session = me.session
    session["demo_cast"] = True
    session.save()
    return me


def test_the_owner_downloads_it_never_opens_it_in_place(log_in, adult, upload):
    response = log_in(adult).get(reverse("member:file", args=[upload.id]))
    assert b"".join(response.streaming_content) == b"%PDF-1.4"
    assert response["Content-Disposition"].startswith("attachment")
    assert "/" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert not Entry.objects.filter(verb="upload.opened").exists()


def test_staff_of_the_call_may_open_it_and_that_is_noted(log_in, attached, staff_account):
    path = reverse("member:file", args=[attached.id])
    assert log_in(staff_account).get(path).status_code == 404  # no second factor
    response = as_desk(log_in, staff_account).get(path)
    assert b"".join(response.streaming_content) == b"%PDF-1.4"
    entry = Entry.objects.get(verb="upload.opened")
    assert entry.for_person_id == attached.person_id
    assert entry.actor_role in Role.Kind.values


def test_nobody_else_may(client, log_in, attached, make_account, make_staff, council, other_council):
    path = reverse("member:file", args=[attached.id])
    chamber = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    roleless = make_staff(council, "chamber@example.jp", "body_staff", body=chamber)
    foreign = make_staff(other_council, "foreign@example.jp", "administrator", "secretariat")
    for account in (make_account("other@example.jp"), roleless, foreign):
        assert as_desk(log_in, account).get(path).status_code == 404
    assert client.get(path).status_code == 302
    CallBody.objects.create(call=Application.objects.get().call, body=chamber, role="co_host")
    response = as_desk(log_in, roleless).get(path)
    assert response.status_code == 200
    response.close()
