"""Badges of the quarters before the demo begins, made in bulk, so that the talent map has something to show."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.conf import settings

from sonjuku.flows.demo_scenes import Stage
from sonjuku.protocols.openbadges import build, proofs
from sonjuku.rooms.credentials import rules as credentials_rules
from sonjuku.rooms.credentials.actions import TEXT_VERSION, define_achievement, ensure_key, signer
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.people.models import Consent, Person
from sonjuku.rooms.talent.rules import previous_quarter, quarter_of
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, day_of

QUARTERS = 3
# Made-up learners by municipality, for a course that draws many.
HOKKAIDO = {
    "011002": 24, "012173": 6, "012246": 5, "012025": 11, "012033": 5, "013960": 3, "012106": 4, "012254": 3, "012041": 13,
    "012211": 3, "012122": 2, "012149": 2, "012084": 9, "012114": 3, "012131": 8, "012050": 4, "016071": 3, "012076": 9,
    "016314": 3, "012068": 6, "012238": 2, "131130": 7,
}  # fmt: skip
AOMORI = {"022012": 9, "022039": 8, "022021": 6, "022063": 3, "022055": 3, "022080": 2, "022071": 3}
# Skill, title, and how many of a hundred came in each of the quarters.
COURSES = (
    ("data-01", "データを読む講座", "Reading data", (60, 80, 110)),
    ("biz-09", "業務を見直す講座", "Rethinking work", (70, 60, 75)),
    ("sec-02", "安全に使う講座", "Using it safely", (40, 45, 80)),
    ("tech-05", "つくって学ぶ講座", "Learning by making", (30, 0, 50)),
)


def past_learners(stage: Stage, homes: dict[str, int]) -> int:
    """Completed courses, each with learners of its own, who show their badge to the council; returns how many badges."""
    quarters = [quarter_of(day_of(stage.at))]
    for _ in range(QUARTERS):
        quarters.insert(0, previous_quarter(quarters[0]))
    key = ensure_key(by=stage.desk, council=stage.council)
    made: list[Award] = []
    for code, title, title_en, shares in COURSES:
        achievement = define_achievement(
            by=stage.desk, council=stage.council, title=title, title_en=title_en,
            skills=list(vocabulary.skills([code])),
            description="見本の講座を修了しました。", description_en="Completed a sample course.",
            criteria="見本の講座にすべて出席すること。", criteria_en="Attend every session of the sample course.",
        )  # fmt: skip
        made += [
            _award(_person(stage, home, code, number), achievement, key, quarter_on)
            for quarter_on, share in zip(quarters, shares, strict=False)
            for home, base in homes.items()
            for number in range(round(base * share / 100))
        ]
    Person.objects.bulk_create([award.person for award in made], batch_size=500)
    _sign(stage, made, key)
    Award.objects.bulk_create(made, batch_size=500)
    Consent.objects.bulk_create([_consent(award) for award in made], batch_size=500)
    return len(made)


def _person(stage: Stage, home: str, code: str, number: int) -> Person:
    return Person(
        council=stage.council, family_name="見本", given_name=f"受講者{home}-{code}-{number:02}",
        family_name_kana="ミホン", given_name_kana="ジュコウシャ", lg_code=home,
        date_of_birth=date(stage.at.year - 30, 5, 5),
    )  # fmt: skip


def _award(person: Person, achievement: Achievement, key: IssuerKey, quarter_on: date) -> Award:
    return Award(
        council_id=person.council_id, person=person, achievement=achievement, issuer_key=key,
        visibility=Award.Visibility.COUNCIL, issued_at=_moment(quarter_on),
    )  # fmt: skip


def _moment(quarter_on: date) -> datetime:
    return at_tokyo(quarter_on + timedelta(days=40))


def _sign(stage: Stage, awards: list[Award], row: IssuerKey) -> None:
    key = signer(row)
    issuer = credentials_rules.issuer(row, key.did, settings.SITE_URL)
    wires = {}
    for award in awards:
        one = award.achievement
        if one.pk not in wires:
            aligned = list(one.alignments.select_related("skill__framework"))
            wires[one.pk] = credentials_rules.wire_achievement(one, aligned)
        unsigned = build.achievement_credential(
            id=award.id, issuer=issuer, achievement=wires[one.pk], subject=uuid4(),
            valid_from=award.issued_at,
        )  # fmt: skip
        award.credential = proofs.sign(unsigned, key, award.issued_at)


def _consent(award: Award) -> Consent:
    return Consent(
        council_id=award.council_id, person=award.person, purpose=Consent.Purpose.PROVISION, about_id=award.id,
        text="バッジのページを、選んだ範囲の人に見せることに同意します。いつでも取り消せます。", text_version=TEXT_VERSION,
        receivers=[award.council.title], items=["表示名", "バッジの名前と内容", "発行者", "取得日"],
        given_by=Consent.GivenBy.SELF, asked_at=award.issued_at, given_at=award.issued_at,
        channel=Consent.Channel.WEB,
    )  # fmt: skip
