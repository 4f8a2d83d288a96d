"""One's own application: what it says at each step, and that nothing sealed shows through."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import announcing
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls.models import Application, Call, SeatPool
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Consent, Guardian
from tests.drawing import draw, run_of

AGREE = {"agree": "application"}


def text(response) -> str:
    return response.content.decode().replace("<wbr>", "")


def page_of(application, action: str = "") -> str:
    if action:
        return reverse("member:application_action", args=[application.id, action])
    return reverse("member:application", args=[application.id])


@pytest.fixture
def applied(adult, council, open_call, make_person) -> Application:
    """The adult's application to a lottery of one seat, beside two others."""
    call = open_call(capacity=1)
    Application.objects.create(
        council=council, call=call, person=adult.person, state="submitted", submitted_at=timezone.now()
    )
    for _ in range(2):
        person = make_person(council)
        Application.objects.create(
            council=council, call=call, person=person, state="submitted", submitted_at=timezone.now()
        )
    return Application.objects.get(person=adult.person)


def decide(call: Call) -> None:
    """Close, freeze and draw, all after the deadline; the result is not announced yet."""
    now = timezone.now()
    Call.objects.filter(pk=call.pk).update(
        opens_at=now - dt.timedelta(days=9),
        closes_at=now - dt.timedelta(hours=1),
        result_on=timezone.localdate(),
    )
    call.refresh_from_db()
    system = Actor(at=now, role="system")
    calls.close_call(by=system, call=call)
    draw(system, call, "12345")


def test_before_the_announcement_winners_and_losers_read_the_same(log_in, adult, applied):
    me = log_in(adult)
    before = text(me.get(page_of(applied)))
    decide(applied.call)
    verdicts = Application.objects.filter(call=applied.call).values_list("verdict", flat=True)
    assert set(verdicts) == {"selected", "waitlisted"}
    page = text(me.get(page_of(applied)))
    assert "申込みを受け付けました" in before
    assert "申込みを受け付けました" in page
    assert "抽選の順位" not in page
    assert not {"当選", "補欠", "選外"} & {word for word in ("当選", "補欠", "選外") if word in page}
    home = text(me.get(reverse("member:home")))
    assert "受付済み" in home
    assert "当選" not in home


def test_after_the_announcement_the_place_in_the_draw_is_shown_with_its_proof(log_in, adult, applied):
    decide(applied.call)
    announcing.announce(by=Actor(at=timezone.now(), role="system"), run=run_of(applied.call))
    applied.refresh_from_db()
    page = text(log_in(adult).get(page_of(applied)))
    assert f"3件中 {applied.rank}番目" in page
    assert reverse("public:proof", args=["hagi", applied.call.code]) in page
    run = run_of(applied.call)
    assert run.order.split().index(applied.code) + 1 == applied.rank
    assert ("結果：当選" in page) == (applied.rank == 1)
    assert ("補欠の" in page) == (applied.rank > 1)


def test_confirming_takes_one_press_and_twice_is_once(log_in, adult, applied):
    Application.objects.filter(pk=applied.pk).update(
        state="offered", announced_at=timezone.now(), confirm_by=timezone.now() + dt.timedelta(days=2),
        seat_pool=SeatPool.objects.get(call=applied.call), verdict="selected",
    )  # fmt: skip
    SeatPool.objects.filter(call=applied.call).update(taken=1)
    me = log_in(adult)
    assert page_of(applied, "confirm") in text(me.get(page_of(applied)))
    assert "結果を見て確認する" in text(me.get(reverse("member:home")))
    # Opening the address confirms nothing.
    me.get(page_of(applied, "confirm"))
    applied.refresh_from_db()
    assert applied.state == "offered"
    me.post(page_of(applied, "confirm"))
    page = text(me.post(page_of(applied, "confirm"), follow=True))
    applied.refresh_from_db()
    assert applied.state == "accepted"
    assert "参加が決まりました" in page
    assert Letter.objects.filter(kind="confirmed").count() == 1


def test_an_offer_that_lapsed_says_so(log_in, adult, applied):
    Application.objects.filter(pk=applied.pk).update(
        state="offered", announced_at=timezone.now(), confirm_by=timezone.now() - dt.timedelta(minutes=1)
    )
    page = text(log_in(adult).post(page_of(applied, "confirm"), follow=True))
    assert "確認の期限が過ぎたため、席は次の方に回りました" in page
    applied.refresh_from_db()
    assert applied.state == "offered"


def test_withdrawing_asks_first(log_in, adult, applied):
    me = log_in(adult)
    assert page_of(applied, "withdraw") in text(me.get(page_of(applied)))
    assert "取り下げますか" in text(me.get(page_of(applied, "withdraw")))
    applied.refresh_from_db()
    assert applied.state == "submitted"
    page = text(me.post(page_of(applied, "withdraw"), follow=True))
    applied.refresh_from_db()
    assert applied.state == "withdrawn"
    assert "取り下げました" in page


def test_a_stale_page_is_told_what_is_so_now(log_in, adult, applied):
    me = log_in(adult)
    me.post(page_of(applied, "withdraw"))
    page = text(me.post(page_of(applied, "decline"), follow=True))
    assert "この操作はできません" in page


def test_reasons_are_given_to_the_ineligible(log_in, adult, applied):
    Application.objects.filter(pk=applied.pk).update(
        state="ineligible", announced_at=timezone.now(), ineligible_reasons=["guardian_consent", "書類の不足"]
    )
    page = text(log_in(adult).get(page_of(applied)))
    assert "対象外となりました" in page
    assert "書類の不足" in page
    assert "締切までに保護者の同意がありませんでした。" in page


@pytest.mark.parametrize("action", ["", "confirm", "decline", "withdraw", "remind"])
def test_another_persons_application_is_not_there(log_in, make_account, applied, staff_account, action):
    for account in (make_account("other@example.jp"), staff_account):
        me = log_in(account)
        assert me.get(page_of(applied, action)).status_code == 404
        assert me.post(page_of(applied, action)).status_code == 404
    applied.refresh_from_db()
    assert applied.state == "submitted"


def test_an_unknown_action_is_not_there(log_in, adult, applied):
    assert log_in(adult).post(page_of(applied, "accept")).status_code == 404


@pytest.fixture
def waiting(learner, council, open_call) -> Consent:
    """A pupil's application that waits for the mother's answer."""
    call = open_call()
    application = Application.objects.create(
        council=council, call=call, person=learner.person, state="submitted", submitted_at=timezone.now(), needs_guardian=True
    )  # fmt: skip
    guardian = Guardian.objects.create(
        council=council, person=learner.person, name="見本 母", relation="母", email="mother@example.jp"
    )
    return Consent.objects.create(
        council=council, person=learner.person, guardian=guardian, purpose="guardian", about_id=application.id,
        text="取り扱う団体：協議会", text_version="1", receivers=["協議会"], items=["氏名"], given_by="guardian",
        asked_at=timezone.now(), due_at=call.closes_at,
    )  # fmt: skip


def test_the_guardian_is_asked_again_once_a_day(log_in, learner, waiting):
    application = Application.objects.get(pk=waiting.about_id)
    me = log_in(learner)
    assert page_of(application, "remind") in text(me.get(page_of(application)))
    me.post(page_of(application, "remind"))
    me.post(page_of(application, "remind"))
    assert Letter.objects.filter(kind="guardian_reminder", to_address="mother@example.jp").count() == 1


def test_my_page_says_to_ask_the_guardian_first(log_in, learner, waiting):
    page = text(log_in(learner).get(reverse("member:home")))
    assert "保護者の方に、同意をお願いしてください" in page
    assert "保護者の同意待ち" in page


def test_query_counts_do_not_grow(log_in, adult, council, make_call, django_assert_max_num_queries, applied):
    me = log_in(adult)
    me.get(page_of(applied))
    with django_assert_max_num_queries(14):
        me.get(page_of(applied))
    url = reverse("member:home")
    with django_assert_max_num_queries(14) as one:
        me.get(url)
    for _ in range(2):
        Application.objects.create(
            council=council, call=make_call(council, state="open"), person=adult.person, state="submitted",
            submitted_at=timezone.now(), needs_guardian=True,
        )  # fmt: skip
    with django_assert_max_num_queries(len(one.captured_queries) + 1):
        me.get(url)
