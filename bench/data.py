"""A council with ten thousand applicants, an event, and people who are about to register."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Call, CallBody, SeatPool
from sonjuku.rooms.events.models import Speaker
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response
from sonjuku.rooms.participation.models import ObligationRule, Occasion
from sonjuku.rooms.people.models import Account, Body, Council, Membership, Person, Role
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.toolbox.dates import at_tokyo

APPLICANTS = 10_000
VISITORS = 60
CHUNK = 1_000
SLUG = "hagi"


def fill(applicants: int = APPLICANTS) -> None:
    now = timezone.now()
    council = Council.objects.create(
        slug=SLUG, title="萩グローバルIT人材育成協議会", title_en="Hagi council", short_title="萩", lg_code="352047",
        contact_office="事務局", contact_phone="0838-00-0000", contact_hours="平日",
    )  # fmt: skip
    host = Body.objects.create(council=council, type=Body.Type.MUNICIPALITY, name="萩市", lg_code="352047")
    Membership.objects.create(council=council, body=host, joined_on=date(2020, 4, 30))
    line = BusinessLine.objects.create(council=council, slug="training", ordinal=1, title="育成")
    programme = Programme.objects.create(council=council, business_line=line, slug="juku", title="塾")
    form = Form.objects.create(council=council, title="様式")
    version = FormVersion.objects.create(form=form, frozen_at=now)
    questions = [
        Question.objects.create(version=version, key="why", ordinal=1, kind="text", title="理由", required=True),
        Question.objects.create(version=version, key="pc", ordinal=2, kind="single", title="パソコン",
                                options=[{"value": "yes", "title": "ある"}, {"value": "no", "title": "ない"}]),
    ]  # fmt: skip
    common = {
        "council": council, "programme": programme, "state": Call.State.OPEN, "opens_at": now - timedelta(days=5),
        "closes_at": now + timedelta(days=5), "starts_on": now.date() + timedelta(days=9), "venue": "萩市民館",
        "fee_jpy": 0, "purpose_of_use": "運営のため", "data_controller": host, "contact_office": "事務局",
        "contact_phone": "0838-00-0000", "contact_hours": "平日", "form_version": version, "frozen_at": now,
    }  # fmt: skip
    event = Call.objects.create(
        **common, code="event", kind=Call.Kind.EVENT, title="シンポジウム", selection=Call.Selection.FIRST_COME,
        result_immediate=True,
    )  # fmt: skip
    course = Call.objects.create(
        **common, code="course", kind=Call.Kind.COURSE, title="ITパスポート講座", selection=Call.Selection.LOTTERY,
        seed_source="公開の数", result_on=now.date() + timedelta(days=7),
    )  # fmt: skip
    listed = Call.objects.create(
        **common, code="listed", kind=Call.Kind.COURSE, title="名簿から取り込む講座", selection=Call.Selection.LOTTERY,
        seed_source="公開の数", result_on=now.date() + timedelta(days=7),
    )  # fmt: skip
    for call, capacity in ((event, 5_000), (course, 300), (listed, 300)):
        CallBody.objects.create(call=call, body=host, role=CallBody.Role.HOST)
        SeatPool.objects.create(call=call, capacity=capacity)
        ObligationRule.objects.create(call=call, kind="attend", title="出席")
    _programme_of(event)
    _staff(council, host)
    _visitors(council)
    _applicants(course, version, questions, applicants, now)


def _programme_of(event: Call) -> None:
    assert event.starts_on is not None
    start = at_tokyo(event.starts_on) + timedelta(hours=13)
    occasion = Occasion.objects.create(
        council=event.council,
        call=event,
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        venue="萩市民館",
    )
    for number in range(3):
        Speaker.objects.create(
            council=event.council, occasion=occasion, name=f"講師{number}", talk_title="話", ordinal=number
        )


def _staff(council: Council, host: Body) -> None:
    account = Account.objects.create_user("desk@hagi.example.jp", "correct horse battery")
    Role.objects.create(
        council=council, body=host, account=account, kind=Role.Kind.SECRETARIAT, starts_on=date(2020, 4, 30)
    )


def _person(council: Council, number: int, account: Account | None = None) -> Person:
    return Person(
        council=council, account=account, family_name="見本", given_name=f"花子{number}", family_name_kana="ミホン",
        given_name_kana="ハナコ", date_of_birth=date(1990, 5, 5), lg_code="352047", email=f"person{number}@example.jp",
    )  # fmt: skip


def _visitors(council: Council) -> None:
    """People with an account and a profile, as `pretix` has customers who are logged in."""
    for number in range(VISITORS):
        account = Account.objects.create(email=f"visitor{number}@example.jp")
        _person(council, 1_000_000 + number, account).save()


def _applicants(
    call: Call, version: FormVersion, questions: list[Question], applicants: int, now: datetime
) -> None:
    for start in range(0, applicants, CHUNK):
        numbers = range(start, min(start + CHUNK, applicants))
        persons = Person.objects.bulk_create([_person(call.council, n) for n in numbers])
        rows = [
            Application(council=call.council, call=call, person=p, state=Application.State.SUBMITTED, submitted_at=now)
            for p in persons
        ]  # fmt: skip
        responses = Response.objects.bulk_create(
            Response(
                council=call.council, version=version, person=row.person, about_id=row.id, submitted_at=now
            )
            for row in rows
        )
        for row, response in zip(rows, responses, strict=True):
            row.response = response
        Application.objects.bulk_create(rows)
        Answer.objects.bulk_create(
            Answer(response=response, question=question, value="学びたい" if question.key == "why" else "yes")
            for response in responses
            for question in questions
        )
