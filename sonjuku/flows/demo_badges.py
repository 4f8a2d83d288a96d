"""The demo's recognition: a batch of badges, a skill map, the experience route, an endorsement over an outside certificate.

No badge here names a skill and none is public, so that the talent map and its stories keep their figures.
"""

import io
from dataclasses import replace
from datetime import timedelta

from sonjuku.flows import certifying, issuing
from sonjuku.flows.demo_people import DOMAIN, ROLES_SINCE, Member, make_account
from sonjuku.flows.demo_scenes import DAY, PIXEL, Stage
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim, NewItem
from sonjuku.rooms.credentials.models import (
    Achievement,
    Award,
    CertificateKind,
    Dossier,
    Endorsement,
    ExperienceRoute,
    OutsideCertificate,
)
from sonjuku.rooms.credentials.queries import paths
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import grant_role
from sonjuku.rooms.people.models import Body, Person, Role
from sonjuku.toolbox.dates import day_of

# Title, English title, what its holder did.
COURSES = (
    ("データの地図づくり", "Making data maps", "地域の数字を集め、地図に表した。", "Collected figures of the region and drew them as a map."),
    ("情報の守り方", "Keeping data safe", "小さな職場の守り方の決まりを作った。", "Wrote the rules of a small office."),
    ("オンライン会議の進め方", "Running online meetings", "離れた人どうしの会議を進めた。", "Ran meetings of people far apart."),
)  # fmt: skip
GUIDE = ("地域のデジタル案内人", "Local digital guide", "身近な人の困りごとを、デジタルで軽くした。", "Eased the troubles of neighbours with digital means.")  # fmt: skip
KINDS = (
    ("ITパスポート試験 合格証書", "IT Passport Examination certificate", "情報処理推進機構", "Information-technology Promotion Agency", True),
    ("eラーニング修了証（見本）", "E-learning certificate (sample)", "学習サイト（見本）", "Learning site (sample)", False),
)  # fmt: skip


class Recognition:
    """What the council certifies, and the people it is shown with: the cast's engineer and seven of the crowd."""

    def __init__(self, stage: Stage, engineer: Member) -> None:
        self.stage, self.council = stage, stage.council
        self.host = Body.objects.get(pk=str(stage.desk.body_id))
        self.members = [engineer, *(stage.crowd.adult(n, "022012") for n in range(90, 97))]
        self.persons = [self._person(member) for member in self.members]
        self.second = self._staff("colleague", Role.Kind.SECRETARIAT)
        self.reviewers = [self._staff(f"reviewer-{n}", Role.Kind.REVIEWER) for n in (1, 2)]

    def days_ago(self, days: int) -> Actor:
        return self.stage.staff(self.stage.at - days * DAY)

    def member(self, place: int, days: int) -> Actor:
        return self.members[place].actor(self.stage.at - days * DAY)

    def _person(self, member: Member) -> Person:
        found = Person.objects.filter(council=self.council, account=member.account).first()
        fields = {key: value for key, value in member.profile.items() if key != "audience_id"}
        return found or Person.objects.create(council=self.council, account=member.account, **fields)

    def _staff(self, name: str, kind: str) -> Actor:
        account = make_account(f"{self.council.slug}-{name}@{DOMAIN}")
        grant_role(by=self.stage.desk, account=account, body=self.host, kind=kind, starts_on=ROLES_SINCE)
        return replace(self.stage.desk, role=kind, account_id=account.id)


def recognise(stage: Stage, engineer: Member) -> None:
    """Everything in the last forty days; the engineer lacks one badge of the skill map."""
    scene = Recognition(stage, engineer)
    badges = [_badge(scene, *words) for words in (*COURSES, GUIDE)]
    kinds = [_kind(scene, *words) for words in KINDS]
    _batch(scene, badges[0])
    _map(scene, badges[:3], badges[3], kinds[0])
    _layers(scene, kinds)
    _experience(scene, badges[3])


def _badge(scene: Recognition, title: str, title_en: str, did: str, did_en: str) -> Achievement:
    return actions.define_achievement(
        by=scene.days_ago(40), council=scene.council, type=Achievement.Type.BADGE, title=title, title_en=title_en,
        description=did, description_en=did_en, criteria="つくったものを見せて、説明すること。",
        criteria_en="Show what was made, and explain it.",
    )  # fmt: skip


def _kind(
    scene: Recognition, title: str, title_en: str, issuer: str, issuer_en: str, is_endorsed: bool
) -> CertificateKind:
    return actions.accept_kind(
        by=scene.days_ago(40), council=scene.council, host=scene.host, title=title, title_en=title_en,
        issuer_name=issuer, issuer_name_en=issuer_en, is_endorsed=is_endorsed,
    )  # fmt: skip


def _batch(scene: Recognition, badge: Achievement) -> None:
    """A badge for eight at once; later one is suspended and one revoked."""
    claims = [Claim(person.id) for person in scene.persons]
    batch = actions.start_batch(by=scene.days_ago(30), achievement=badge, claims=claims)
    issuing.issue(batch.pk, scene.stage.at - 30 * DAY)
    awards = {award.person_id: award for award in Award.objects.filter(achievement=badge)}
    for place in range(0, 6, 2):
        actions.set_visibility(
            by=scene.member(place, 28), award=awards[scene.persons[place].id], visibility=Award.Visibility.COUNCIL
        )  # fmt: skip
    for place, kind, reason in (
        (6, "suspend", "作品の確認をやり直しています。"),
        (7, "revoke", "名簿の取り違えで渡しました。"),
    ):
        award = awards[scene.persons[place].id]
        issuing.change_status(by=scene.days_ago(20), award=award, kind=kind, reason=reason)


def _map(scene: Recognition, courses: list[Achievement], badge: Achievement, kind: CertificateKind) -> None:
    """The examination, and any two of three badges."""
    by = scene.days_ago(25)
    skill_map = actions.make_map(
        by=by, council=scene.council, host=scene.host, title="地域のデジタル案内人への道",
        title_en="The way to a local digital guide", achievement=badge,
        description="試験に合格し、三つのバッジのうち二つを取ると、「地域のデジタル案内人」のバッジを受け取れます。",
        description_en="Pass the examination and earn two of the three badges, and the guide's badge is yours.",
    )  # fmt: skip
    items = [NewItem(kind.title, kind.title_en, is_required=True, kinds=[kind])]
    items += [NewItem(each.title, each.title_en, achievements=[each]) for each in courses]
    draft = paths.draft(skill_map)
    assert draft is not None
    actions.publish_version(by=by, version=actions.set_items(by=by, version=draft, least=2, items=items))


def _layers(scene: Recognition, kinds: list[CertificateKind]) -> None:
    """The engineer's shows both layers to everybody; one is asked for, one certificate waits for its second pair of eyes."""
    laid = _asked(scene, 0, kinds[0], "AP-2026-0417")
    certifying.endorse(by=scene.days_ago(15), endorsement=laid)
    actions.show_endorsement(
        by=scene.member(0, 14), endorsement=laid, visibility=Endorsement.Visibility.PUBLIC
    )
    _asked(scene, 1, kinds[0], "AP-2026-0522")
    certifying.check_certificate(by=scene.days_ago(2), certificate=_paper(scene, 2, kinds[1], "E-2026-31"))


def _paper(scene: Recognition, place: int, kind: CertificateKind, number: str) -> OutsideCertificate:
    issued_on = day_of(scene.stage.at) - timedelta(days=90)
    # Each scan is another file, as it would be.
    scan = PIXEL + number.encode()
    return actions.claim_paper(
        by=scene.member(place, 19), person=scene.persons[place], kind=kind, number=number, issued_on=issued_on,
        incoming=IncomingFile("certificate.png", len(scan), io.BytesIO(scan)), max_bytes=10_000,
    )  # fmt: skip


def _asked(scene: Recognition, place: int, kind: CertificateKind, number: str) -> Endorsement:
    row = _paper(scene, place, kind, number)
    for by in (scene.days_ago(18), scene.second.now(scene.stage.at - 17 * DAY)):
        certifying.check_certificate(by=by, certificate=row)
    return actions.ask_endorsement(by=scene.member(place, 16), certificate=row)


def _experience(scene: Recognition, badge: Achievement) -> None:
    """One was recognised by two reviewers; the engineer's dossier waits for them."""
    route = actions.open_route(
        by=scene.days_ago(24), achievement=badge, host=scene.host,
        guidance="半年以上、だれかの困りごとをデジタルで軽くしたこと。",
        guidance_en="Half a year or more of easing someone's troubles with digital means.",
    )  # fmt: skip
    _dossier(scene, route, 0, "町内会の連絡を、紙からメールに変えた")
    dossier = _dossier(scene, route, 3, "商店街の在庫の帳面を、表計算に変えた")
    for reviewer in scene.reviewers:
        by = reviewer.now(scene.stage.at - 10 * DAY)
        actions.declare_dossier(by=by, dossier=dossier, has_conflict=False)
        actions.judge_dossier(by=by, dossier=dossier, is_met=True, criteria="半年分の記録を見た")
    certifying.award_dossier(by=scene.days_ago(9), dossier=dossier)


def _dossier(scene: Recognition, route: ExperienceRoute, place: int, what: str) -> Dossier:
    day = day_of(scene.stage.at)
    return actions.submit_dossier(
        by=scene.member(place, 12), person=scene.persons[place], route=route, what=what, place="青森市",
        starts_on=day - timedelta(days=400), ends_on=None, statement="毎週、使う人の声を聞いて直しました。（見本）",
        links=["https://example.jp/works"],
    )  # fmt: skip
