"""What has happened in the demo before a visitor comes: played through the house's own flows, on their own days."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sonjuku.flows import announcing, applying, attending, calling, confirming, guarding
from sonjuku.flows.demo_people import DOMAIN, Crowd, Member, make_account, moments
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent, Council, Guardian, Person
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.dates import day_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HAGI, ABU, NAGATO = "352047", "355020", "352110"
SHIBUYA, OSAKA, YOKOHAMA = "131130", "271004", "141003"
SAMPLE_VALUE = "03 11 19 27 36 42"

# One white pixel: what stands in for the copy of a student card.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff"
    "ff7f0009fb03fd05437d1b0000000049454e44ae426082"
)


class Stage:
    """One council on the day the demo is loaded."""

    def __init__(self, council: Council, at: datetime, desk: Actor) -> None:
        self.council, self.at, self.desk = council, at, desk
        self.crowd = Crowd(council, day_of(at))

    def call(self, code: str) -> Call:
        return Call.objects.get(council=self.council, code=code)

    def staff(self, at: datetime) -> Actor:
        return self.desk.now(at)

    def apply(
        self,
        call: Call,
        member: Member,
        at: datetime,
        *,
        option: str = "",
        wishes: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
        with_file: bool = False,
        consented: bool = True,
    ) -> Application:
        """Apply as this member; a minor's guardian answers yes two hours later unless `consented` is off."""
        minor = member.profile["school_stage"] == "high"
        uploads = {"pupil_card": [IncomingFile("pupil-card.png", len(PIXEL), io.BytesIO(PIXEL))]}
        application = applying.apply(
            by=member.actor(at),
            call=call,
            account=member.account,
            profile=member.profile,
            consents={Consent.Purpose.APPLICATION},
            values=values,
            uploads=uploads if with_file else {},
            guardian=guardian_of(member) if minor else None,
            option=option,
            wishes=wishes,
        )
        if minor and consented:
            self.consent(application, at + 2 * HOUR)
            application.refresh_from_db()
        return application

    def consent(self, application: Application, at: datetime) -> None:
        consent = consent_for(application.id, Consent.Purpose.GUARDIAN)
        assert consent is not None
        guarding.answer(
            by=Actor(at=at, role="guardian"), consent=consent, given=True, channel=Consent.Channel.MAIL
        )

    def fill(self, code: str, members: list[Member], *, days: int, **fields: Any) -> list[Application]:
        """Let members apply in order, spread over the last `days`."""
        call = self.call(code)
        when = moments(len(members), self.at - days * DAY, self.at - 3 * HOUR, code)
        return [self.apply(call, member, at, **fields) for member, at in zip(members, when, strict=True)]


def guardian_of(member: Member) -> dict[str, str]:
    name, _at, domain = member.account.email.partition("@")
    email = member.guardian.email if member.guardian else f"{name}-guardian@{domain}"
    return {"name": "見本 保護者", "relation": "母", "email": email, "phone": ""}


def hagi(stage: Stage, learner: Member) -> None:
    _summer(stage, learner)
    _autumn(stage, learner)
    _winter(stage, learner)
    _weekend(stage)
    people = [stage.crowd.adult(n, HAGI if n % 3 else YOKOHAMA) for n in range(19)]
    stage.fill("symposium", people[:14], days=2, option="会場")
    stage.fill("symposium", people[14:], days=2, option="オンライン")
    booth = stage.call("programming-booth").booth
    slots = list(booth.slots.all())
    for number, application in enumerate(stage.fill("programming-booth", people[:9], days=4)):
        place = Participation.objects.get(application=application)
        events.book_slot(by=stage.staff(stage.at - HOUR), slot=slots[number % 3], participation=place)


def _winter(stage: Stage, learner: Member) -> None:
    """A lottery in full swing: most consented, some wait for a guardian, two came by FAX."""
    call = stage.call("it-passport-winter")
    pupils = [stage.crowd.pupil(n, (HAGI, HAGI, HAGI, ABU, NAGATO)[n % 5]) for n in range(36)]
    answers = (
        {"pc": "yes"},
        {"pc": "shared", "loan": "no"},
        {"pc": "no", "loan": "yes", "delivery": "school"},
    )
    for number, (pupil, at) in enumerate(
        zip(pupils, moments(36, stage.at - 18 * DAY, stage.at - 5 * HOUR, "winter"), strict=True)
    ):
        values = {**answers[number % 3], "line_cost": True}
        stage.apply(
            call, pupil, at, values=values, with_file=number < 3, consented=number % 12 != 11 or number < 12
        )
    confirming.withdraw(
        by=pupils[4].actor(stage.at - 4 * HOUR),
        application=Application.objects.get(call=call, person__account=pupils[4].account),
    )
    for number in range(2):
        _fax(stage, call, number)
    mine = stage.apply(
        call,
        learner,
        stage.at - 26 * HOUR,
        values={"pc": "yes", "line_cost": True},
        with_file=True,
        consented=False,
    )
    Guardian.objects.filter(person=mine.person).update(account=learner.guardian)


def _fax(stage: Stage, call: Call, number: int) -> None:
    received_at = stage.at - (3 - number) * DAY
    profile = stage.crowd.pupil(60 + number, HAGI).profile | {"email": ""}
    entry = applying.enter(
        by=stage.staff(received_at + HOUR),
        call=call,
        profile=profile,
        channel=Application.Channel.FAX,
        received_at=received_at,
        deadline_by=Application.DeadlineBy.ARRIVAL,
        values={"pc": "yes", "line_cost": True},
        guardian={"name": "見本 保護者", "relation": "父", "email": "", "phone": "000-0000-0000"},
        guardian_paper=True,
    )
    assert entry.entered_by_id is not None


def _summer(stage: Stage, learner: Member) -> None:
    """A finished course: nine learned, eight came, their badges were signed then."""
    call = calls.open_call(by=stage.staff(stage.at - 160 * DAY), call=stage.call("it-passport-summer"))
    pupils = [learner, *(stage.crowd.pupil(n, HAGI) for n in range(8))]
    places = []
    for pupil, at in zip(
        pupils, moments(9, stage.at - 155 * DAY, stage.at - 145 * DAY, "summer"), strict=True
    ):
        places.append(Participation.objects.get(application=stage.apply(call, pupil, at)))
    calls.close_call(by=stage.staff(stage.at - 138 * DAY), call=call)
    occasion = call.occasions.get()
    for place in places[:8]:
        attending.check_in(
            by=stage.staff(occasion.starts_at), occasion=occasion, participation=place, how="list"
        )
    calling.finish_call(by=stage.staff(stage.at - 48 * DAY), call=call)
    for award in Award.objects.filter(participation__in=places[:3]):
        holder = Actor(at=stage.at - 40 * DAY, role="member", account_id=award.person.account_id)
        credentials.set_visibility(by=holder, award=award, visibility=Award.Visibility.PUBLIC)


def _autumn(stage: Stage, learner: Member) -> None:
    """A course that was drawn, announced and confirmed; it meets today."""
    call = calls.open_call(by=stage.staff(stage.at - 60 * DAY + HOUR), call=stage.call("video-autumn"))
    residents = [learner, *(stage.crowd.adult(n, HAGI) for n in range(40, 48))]
    others = [stage.crowd.adult(n, NAGATO) for n in range(48, 57)]
    members = [*residents, *others]
    for member, at in zip(
        members, moments(len(members), stage.at - 59 * DAY, stage.at - 44 * DAY, "autumn"), strict=True
    ):
        stage.apply(call, member, at)
    calls.close_call(by=stage.staff(stage.at - 40 * DAY), call=call)
    _draw(stage, call)
    mine = Application.objects.filter(call=call, state=Application.State.OFFERED)
    for application in mine:
        confirming.confirm(by=stage.staff(stage.at - 32 * DAY), application=application)
    first = call.occasions.order_by("starts_at").first()
    assert first is not None
    for place in Participation.objects.filter(call=call):
        attending.check_in(by=stage.staff(first.starts_at), occasion=first, participation=place, how="code")


def _draw(stage: Stage, call: Call) -> None:
    """Two at the desk read the same number."""
    run = queries.run_of(call)
    assert run is not None
    announcing.freeze(by=stage.staff(stage.at - 35 * DAY), run=run)
    second = make_account(f"colleague@{DOMAIN}")
    for account_id in (stage.desk.account_id, second.id):
        reader = replace(stage.staff(stage.at - 34 * DAY), account_id=account_id)
        calls.type_number(by=reader, run=run, value=SAMPLE_VALUE)
    announcing.draw(by=stage.staff(stage.at - 34 * DAY), run=run)
    announcing.announce(by=stage.staff(stage.at - 33 * DAY), run=run)


def _weekend(stage: Stage) -> None:
    """A ranked call whose list is fixed: a visitor types the number as two people of the desk, and draws."""
    call = calls.open_call(by=stage.staff(stage.at - 20 * DAY + HOUR), call=stage.call("video-weekend"))
    people = [stage.crowd.adult(n, HAGI if n % 2 else NAGATO) for n in range(60, 78)]
    when = moments(len(people), stage.at - 19 * DAY, stage.at - 5 * DAY, "weekend")
    times = ("朝の部", "昼の部", "夜の部")
    for number, (member, at) in enumerate(zip(people, when, strict=True)):
        first = number * number % 3
        wishes = [times[(first + step) % 3] for step in range(1 + number % 3)]
        stage.apply(call, member, at, wishes=wishes)
    calls.close_call(by=stage.staff(stage.at - 3 * DAY), call=call)
    run = queries.run_of(call)
    assert run is not None
    announcing.freeze(by=stage.staff(stage.at - 2 * DAY), run=run)


def hokkaido(stage: Stage) -> None:
    values = {
        "record": "製造業と小売業で、業務の見直しを五年間支援しました。（見本）",
        "fields": ["process", "data"],
        "vendor": "no",
    }
    experts = [stage.crowd.adult(n, ("011002", SHIBUYA, "012084")[n % 3], "worker_it") for n in range(7)]
    stage.fill("dx-experts", experts, days=9, values=values)
    # Fifteen seats: the last two wait.
    everyone = [stage.crowd.adult(n, "011002") for n in range(20, 37)]
    stage.fill("basics-sapporo", everyone, days=4)
    restricted = stage.call("field-firms")
    for number in range(3):
        fields = {
            k: v for k, v in stage.crowd.adult(60 + number, "012084").profile.items() if k != "audience_id"
        }
        person = Person.objects.create(council=stage.council, **fields, audience_id="worker_non_it")
        calling.invite(by=stage.staff(stage.at), call=restricted, person=person)


def kitami(stage: Stage) -> None:
    stage.fill("meetup-winter", [stage.crowd.adult(n, "012084") for n in range(12)], days=3)


def tsuyama(stage: Stage, engineer: Member) -> None:
    values = {"aim": ["work", "people"], "meet": "地元の製造業の方"}
    outside = [stage.crowd.adult(n, (SHIBUYA, OSAKA, YOKOHAMA)[n % 3], "worker_it") for n in range(13)]
    stage.fill("workation-tour", [*outside, engineer], days=8, values=values)
    stage.fill("matching-night", [stage.crowd.adult(n, "332038") for n in range(20, 31)], days=1)


def aomori(stage: Stage, engineer: Member) -> None:
    values = {"work": "ソフトウェアの開発", "wish": ["job", "two"]}
    outside = [stage.crowd.adult(n, (SHIBUYA, YOKOHAMA, OSAKA)[n % 3], "worker_it") for n in range(16)]
    stage.fill("monitor-winter", outside[:9], days=9, option="八戸市", values=values)
    stage.fill("monitor-winter", [*outside[9:], engineer], days=9, option="青森市", values=values)
    stage.fill(
        "koryu-tokyo", [engineer, *outside, *(stage.crowd.adult(n, SHIBUYA) for n in range(30, 36))], days=12
    )
    stage.fill("koryu-hachinohe", [stage.crowd.adult(n, "022039") for n in range(40, 46)], days=2)


def saikai(stage: Stage) -> None:
    places = ("422126", "422126", "422029", SHIBUYA, OSAKA)
    people = [stage.crowd.adult(n, places[n % 5]) for n in range(28)]
    stage.fill("sns-video", people, days=14, values={"stage": "new"})
    stage.fill("first-job-sasebo", people[:18], days=6)
    reported_338(stage.call("academia-2020"))


# How the 338 reported applicants might have been spread: the total is reported, the split is made up.
SPREAD = {
    "422126": 74, "422029": 41, "422011": 36, "401307": 32, "131130": 31, "271004": 22, "141003": 18, "231002": 14,
    "281000": 11, "011002": 9, "431001": 9, "342025": 8, "121002": 8, "111007": 7, "261009": 6, "472018": 6, "041009": 6,
}  # fmt: skip


def reported_338(call: Call) -> int:
    """Made-up rows for the applications of 2020, by municipality; safe to repeat. Returns how many stand."""
    if call.applications.exists():
        return call.applications.count()
    homes = [code for code, count in SPREAD.items() for _ in range(count)]
    persons = Person.objects.bulk_create(
        Person(
            council_id=call.council_id,
            family_name="見本",
            given_name=f"応募者{number:03}",
            family_name_kana="ミホン",
            given_name_kana="オウボシャ",
            lg_code=lg_code,
        )
        for number, lg_code in enumerate(homes, 1)
    )
    Application.objects.bulk_create(
        Application(
            council_id=call.council_id,
            call=call,
            person=person,
            state=Application.State.SUBMITTED,
            channel=Application.Channel.IMPORT,
            out_of_area=person.lg_code != call.council.lg_code,
        )
        for person in persons
    )
    return len(persons)
