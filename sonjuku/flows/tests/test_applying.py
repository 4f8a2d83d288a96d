import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from sonjuku.flows import applying
from sonjuku.flows.tests.conftest import ADULT, MOTHER, PUPIL, letters
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms import actions as forms
from sonjuku.rooms.forms.models import Response, Upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent, Person, Tie
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


def refused(code, action, /, *args, **kwargs):
    # The savepoint stands for the transaction that an action begins outside of a test.
    with pytest.raises(Refused) as caught, transaction.atomic():
        action(*args, **kwargs)
    assert caught.value.code == code


def test_first_come_is_applied_accepted_and_placed_in_one_step(first_come, apply):
    application = apply(first_come())
    assert application.state == "accepted"
    assert Participation.objects.get().application == application
    [letter] = Letter.objects.all()
    assert (letter.kind, letter.about_id) == ("receipt", application.id)
    assert application.code in letter.subject + letter.body
    assert Tie.objects.get().kind == "resident"
    consent = Consent.objects.get()
    assert (consent.purpose, consent.holds, consent.about_id) == ("application", True, application.id)
    assert "講座の運営と連絡のため" in consent.text
    assert consent.receivers == ["萩グローバルIT人材育成協議会"]


def test_a_doubled_submit_changes_nothing(first_come, member):
    call, (account, by) = first_come(), member()
    sent = {"by": by, "call": call, "account": account, "profile": ADULT, "consents": {"application"}}
    first, second = applying.apply(**sent), applying.apply(**sent)
    assert first.id == second.id
    assert (Letter.objects.count(), Participation.objects.count(), Consent.objects.count()) == (1, 1, 1)
    assert call.seat_pools.get().taken == 1


def test_without_consent_nothing_is_kept(first_come, apply):
    refused("consent_missing", apply, first_come(), consents=set())
    assert not Person.objects.exists()


def test_a_closed_call_is_refused_at_its_close_and_nothing_is_half_done(first_come, apply, at):
    call = first_come()
    refused("closed", apply, call, moment=call.closes_at)
    assert not Person.objects.exists()
    assert not Letter.objects.exists()
    last = call.closes_at - dt.timedelta(seconds=1)
    assert apply(call, moment=last).state == "accepted"


def form_call(council, make_call, secretariat, **fields):
    form = forms.create_form(by=secretariat, council=council, title="申込書")
    version = form.versions.get()
    forms.add_question(by=secretariat, version=version, kind="text", title="志望の理由")
    forms.add_question(by=secretariat, version=version, kind="file", title="作品")
    call = make_call(council, form_version=version, **fields)
    from sonjuku.flows import calling

    return calling.open_call(by=secretariat, call=call), [q.key for q in version.questions.all()]


def png(name="work.png"):
    from io import BytesIO

    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (2, 2)).save(data, "PNG")
    file = SimpleUploadedFile(name, data.getvalue())
    return IncomingFile(name=name, size=file.size, file=file)


def test_answers_and_files_belong_to_the_application(council, make_call, secretariat, apply):
    call, (why, work) = form_call(council, make_call, secretariat)
    application = apply(call, values={why: "学びたい"}, uploads={work: [png()]})
    response = application.response
    assert (response.about_id, response.submitted_at) == (application.id, application.submitted_at)
    assert response.answers.get(question__key=why).value == "学びたい"
    assert Upload.objects.get().response == response


def test_a_refused_file_leaves_nothing_behind(council, make_call, secretariat, apply):
    call, (why, work) = form_call(council, make_call, secretariat)
    bad = IncomingFile(name="x.pdf", size=4, file=SimpleUploadedFile("x.pdf", b"MZ\x90\x00"))
    refused("file_type", apply, call, values={why: "a"}, uploads={work: [bad]})
    assert not Application.objects.exists()
    assert not Response.objects.exists()


def test_coming_back_after_a_withdrawal_answers_anew(council, make_call, secretariat, member):
    from sonjuku.flows import confirming

    call, (why, _work) = form_call(council, make_call, secretariat)
    account, by = member()
    sent = {"by": by, "call": call, "account": account, "profile": ADULT, "consents": {"application"}}
    first = applying.apply(**sent, values={why: "はじめの理由"})
    confirming.withdraw(by=by, application=first)
    later = {**sent, "by": by.now(by.at + dt.timedelta(hours=1))}
    again = applying.apply(**later, values={why: "新しい理由"})
    assert (again.id, again.state) == (first.id, "submitted")
    assert again.response.answers.get().value == "新しい理由"
    assert Response.objects.count() == 1
    assert letters("receipt", again).count() == 2


# Guardians


def test_a_minor_names_a_guardian_who_is_written_to(lottery, apply):
    call = lottery()
    refused("guardian_needed", apply, call, PUPIL)
    application = apply(call, PUPIL, guardian=MOTHER)
    consent = Consent.objects.get(purpose="guardian")
    assert (consent.about_id, consent.due_at) == (application.id, call.closes_at)
    letter = letters("guardian_request").get()
    assert (letter.to_address, letter.person) == ("mother@example.jp", None)
    assert "/g/" in letter.body
    assert application.needs_guardian


def test_an_eighteen_year_old_pupil_needs_one_too(lottery, apply):
    pupil = {**PUPIL, "date_of_birth": dt.date(2008, 5, 1)}
    refused("guardian_needed", apply, lottery(), pupil)
    assert apply(lottery(), {**pupil, "school_stage": "college"}).needs_guardian is False


def test_the_guardians_address_is_not_the_pupils(lottery, apply, member):
    call, (account, by) = lottery(), member()
    own = {**MOTHER, "email": account.email.upper()}
    refused(
        "same_address",
        applying.apply,
        by=by,
        call=call,
        account=account,
        profile=PUPIL,
        guardian=own,
        consents={"application"},
    )
    assert not Application.objects.exists()


def test_a_guardian_without_mail_gets_a_letter_to_print(lottery, apply):
    apply(lottery(), PUPIL, guardian={"name": "見本 父", "relation": "父"})
    assert letters("guardian_request").get().state == "held"


# Paper


def enter(by, call, **fields):
    base = {"profile": ADULT, "channel": "fax", "received_at": by.at, "deadline_by": "arrival"}
    return applying.enter(by=by, call=call, **{**base, **fields})


def test_a_fax_is_entered_under_the_same_rules(lottery, secretariat, staff_account):
    call = lottery()
    application = enter(secretariat, call)
    assert (application.state, application.channel) == ("submitted", "fax")
    assert (application.entered_by, application.checked_by) == (staff_account, None)
    assert application.person.account is None
    assert Consent.objects.get().channel == "paper"
    assert letters("receipt").get().state == "held"
    refused("closed", enter, secretariat.now(call.closes_at), call)


def test_a_doubled_entry_is_one_entry(lottery, secretariat):
    from sonjuku.toolbox.ids import uuid7

    call, entry_id = lottery(), uuid7()
    assert enter(secretariat, call, entry_id=entry_id).id == entry_id
    assert enter(secretariat, call, entry_id=entry_id).id == entry_id
    assert (Person.objects.count(), Application.objects.count()) == (1, 1)


def test_who_has_applied_on_the_page_is_not_entered_again(lottery, apply, secretariat):
    call = lottery()
    person = apply(call).person
    refused("already_applied", enter, secretariat, call, person=person)


def test_a_signed_paper_counts_as_the_guardians_consent(first_come, secretariat):
    application = enter(
        secretariat, first_come(), profile=PUPIL, guardian=MOTHER, guardian_paper=True, channel="paper"
    )
    assert application.state == "accepted"
    consent = Consent.objects.get(purpose="guardian")
    assert (consent.holds, consent.channel, consent.guardian.checked) == (True, "paper", "paper")
    assert [letter.kind for letter in Letter.objects.all()] == ["receipt"]
    assert Participation.objects.count() == 1
    refused("guardian_needed", enter, secretariat, first_come(), profile=PUPIL)


def test_another_councils_staff_enter_nothing(lottery, secretariat, other_council):
    from dataclasses import replace

    stranger = replace(secretariat, council_id=other_council.id, body_id=other_council.host.id)
    refused("other_council", enter, stranger, lottery())
    assert not Person.objects.exists()
