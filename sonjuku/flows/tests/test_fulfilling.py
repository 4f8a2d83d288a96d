"""From the door to the badge: check-ins, survey, report and consent, and what completing sets off, once."""

import datetime as dt
import io

import pytest

from sonjuku.flows import attending, fulfilling
from sonjuku.protocols.openbadges.keys import KeyRefused
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.forms import actions as forms
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation import actions as places
from sonjuku.rooms.participation import queries
from sonjuku.rooms.participation.models import CheckIn, ObligationRule, Occasion, Participation
from sonjuku.rooms.people.models import Body, Consent
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
KIND = ObligationRule.Kind


@pytest.fixture
def call(make_call, council, secretariat, at):
    """One session, and a badge at the end; tests add what else must be done."""
    call = make_call(council)
    Occasion.objects.create(council=council, call=call, starts_at=at, ends_at=at + dt.timedelta(hours=2))
    credentials.define_achievement(
        by=secretariat,
        council=council,
        call=call,
        title="講座 修了",
        description="修了した",
        criteria="出席すること",
    )
    ObligationRule.objects.create(call=call, kind=KIND.ATTEND, title="講座に出席する")
    return call


@pytest.fixture
def must(call, council, secretariat):
    """One more obligation of the call, with its survey where it is one."""

    def add(kind):
        version = None
        if kind == KIND.ANSWER:
            form = forms.create_form(by=secretariat, council=council, title="アンケート")
            version = form.versions.get()
            forms.add_question(by=secretariat, version=version, kind="text", title="感想", key="comment")
            forms.freeze(by=secretariat, version=version)
        return places.add_rule(
            by=secretariat, call=call, kind=kind, title="する", form_version=version, ordinal=1
        )

    return add


@pytest.fixture
def take_part(call, make_person, make_account, secretariat, at):
    def make():
        account = make_account()
        person = make_person(call.council, account=account)
        place = places.walk_in(by=secretariat, call=call, person=person)
        return place, Actor(at=at, role="member", person_id=person.id, account_id=account.id)

    return make


def arrive(place, by):
    occasion = place.call.occasions.get()
    return attending.check_in(by=by, occasion=occasion, participation=place, how=CheckIn.How.QR)


def open_obligation(place):
    return queries.obligations(place).exclude(rule__kind=KIND.ATTEND).get()


def test_the_last_check_in_completes_awards_and_writes_once(take_part, secretariat):
    place, _me = take_part()
    first = arrive(place, secretariat)
    assert arrive(place, secretariat) == first
    place.refresh_from_db()
    assert place.state == Participation.State.COMPLETED
    award = Award.objects.get()
    letter = Letter.objects.get()
    assert letter.kind == "completed"
    assert "講座 修了" in letter.body
    assert letter.short_code.path == f"/me/badges/{award.id}/"


def test_the_survey_completes_when_it_is_the_last_thing(take_part, must, secretariat):
    must(KIND.ANSWER)
    place, me = take_part()
    arrive(place, secretariat)
    assert not Award.objects.exists()
    obligation = open_obligation(place)
    for _ in range(2):
        fulfilling.answer_survey(by=me, obligation=obligation, values={"comment": "よかった"}, uploads={})
    obligation.refresh_from_db()
    assert obligation.response.answers.get().value == "よかった"
    assert Award.objects.count() == Letter.objects.count() == 1


def test_a_report_completes_and_a_second_one_is_not_taken(take_part, must, secretariat):
    must(KIND.UPLOAD)
    place, me = take_part()
    arrive(place, secretariat)
    obligation = open_obligation(place)

    def hand_in(content):
        incoming = IncomingFile("report.txt", len(content), io.BytesIO(content))
        return fulfilling.hand_in_report(by=me, obligation=obligation, incoming=incoming, max_bytes=1000)

    done = hand_in("一回目の報告".encode())
    assert done.upload.name == "report.txt"
    obligation.refresh_from_db()
    assert hand_in("二回目の報告".encode()).upload == done.upload
    assert Award.objects.count() == 1


def test_a_refused_file_leaves_nothing_behind(take_part, must):
    must(KIND.UPLOAD)
    place, me = take_part()
    obligation = open_obligation(place)
    incoming = IncomingFile("report.pdf", 4, io.BytesIO(b"MZ\x90\x00"))
    with pytest.raises(Refused):
        fulfilling.hand_in_report(by=me, obligation=obligation, incoming=incoming, max_bytes=1000)
    obligation.refresh_from_db()
    assert not obligation.is_met


def test_a_consent_is_recorded_in_the_rules_words(take_part, must, secretariat):
    must(KIND.CONSENT)
    place, me = take_part()
    arrive(place, secretariat)
    for _ in range(2):
        fulfilling.give_consent(by=me, obligation=open_obligation(place))
    consent = Consent.objects.get(about_id=open_obligation(place).id)
    assert consent.holds
    assert consent.purpose == Consent.Purpose.IMAGE
    assert consent.text == "する"
    assert Award.objects.count() == 1


def test_waiving_the_last_thing_completes(take_part, secretariat):
    place, _me = take_part()
    obligation = queries.obligations(place).get()
    fulfilling.waive(by=secretariat, obligation=obligation, reason="大雪のため")
    place.refresh_from_db()
    assert place.state == Participation.State.COMPLETED
    assert Award.objects.count() == 1


def test_completion_without_a_badge_still_writes(take_part, call, secretariat):
    call.achievements.all().delete()
    place, _me = take_part()
    arrive(place, secretariat)
    assert Letter.objects.get().short_code.path == "/me/"


@pytest.mark.django_db(transaction=True)
def test_a_failed_badge_undoes_the_check_in(take_part, secretariat, settings, council):
    """The whole step or nothing: a completion without its badge would never be caught up."""
    credentials.ensure_key(by=secretariat, council=council)
    settings.KEYS_SECRET = "another secret, and a wrong one"
    place, _me = take_part()
    with pytest.raises(KeyRefused):
        arrive(place, secretariat)
    place.refresh_from_db()
    assert place.state == Participation.State.ACTIVE
    assert not CheckIn.objects.exists()


def test_a_ticket_is_found_by_the_desk_of_its_call_only(take_part, secretariat, council, other_council):
    place, _me = take_part()
    token = queries.token(place)
    assert attending.find_by_token(by=secretariat, token=token) == place
    with pytest.raises(Refused, match="ticket_forged"):
        attending.find_by_token(by=secretariat, token=token[:-2])
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商店")
    for stranger in (
        Actor(at=secretariat.at, role="body_staff", council_id=council.id, body_id=firm.id),
        Actor(
            at=secretariat.at, role="secretariat", council_id=other_council.id, body_id=other_council.host.id
        ),
    ):
        with pytest.raises(Refused, match="ticket_elsewhere"):
            attending.find_by_token(by=stranger, token=token)
        with pytest.raises(Refused, match="no_such_code"):
            attending.find_by_code(by=stranger, call=place.call, code=place.code)


def test_a_typed_code_is_found_in_its_call(take_part, secretariat, make_call, council):
    place, _me = take_part()
    assert attending.find_by_code(by=secretariat, call=place.call, code=place.code.lower()) == place
    with pytest.raises(Refused, match="no_such_code"):
        attending.find_by_code(by=secretariat, call=make_call(council), code=place.code)


def test_a_walk_in_is_recorded_and_let_in(call, secretariat):
    fields = {
        "family_name": "見本",
        "given_name": "太郎",
        "family_name_kana": "みほん",
        "given_name_kana": "たろう",
    }
    row = attending.walk_in(by=secretariat, occasion=call.occasions.get(), fields=fields)
    assert row.participation.person.family_name_kana == "ミホン"
    assert row.participation.application is None
    assert attending.walk_in(by=secretariat, occasion=call.occasions.get(), fields=fields) == row
    later = secretariat.now(secretariat.at + dt.timedelta(minutes=3))
    namesake = attending.walk_in(by=later, occasion=call.occasions.get(), fields=fields)
    assert namesake.participation != row.participation
