"""The demo's people: a cast to step in as, and a crowd that is plainly made up (every family is called 見本)."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Body, Council, Role

DOMAIN = "sonjuku.example"


@dataclass(frozen=True)
class Cast:
    """Someone a visitor of the demo may be with one click. `council` is where their story plays."""

    key: str
    council: str
    title: str
    title_en: str
    story: str
    story_en: str
    role: str = ""
    # The role's body by name and branch.
    body: tuple[str, str] = ("", "")

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


CAST = (
    Cast(
        "learner", "hagi", "高校生", "High-school learner",
        "17歳。冬の講座に申し込み、保護者の同意を待っています。今日の講座の参加券もあります。",
        "Seventeen. Applied to the winter course and waits for a guardian's consent; holds a ticket for today's class.",
    ),
    Cast(
        "guardian", "hagi", "保護者", "Guardian",
        "高校生の親。届いたお願いに、同意するかどうかを答えます。",
        "A parent who answers whether the learner may take part.",
    ),
    Cast(
        "secretariat", "hagi", "萩の事務局", "Secretariat, Hagi",
        "募集、申込者、抽選、受付、お知らせを受け持ちます。",
        "Runs calls, applicants, draws, check-in and letters.",
        Role.Kind.SECRETARIAT, ("萩市", "商工政策部企業誘致推進課"),
    ),
    Cast(
        "colleague", "hagi", "萩の事務局の同僚", "Colleague at the secretariat, Hagi",
        "抽選の数を、事務局のもう一人として入力します。紙の申込みの照合もします。",
        "The second person at the desk: types the number of a draw too, and compares entries with their papers.",
        Role.Kind.SECRETARIAT, ("萩市", "商工政策部企業誘致推進課"),
    ),
    Cast(
        "firm", "hagi", "地元の企業", "Local firm",
        "構成団体の一つ。自社が受け持つ催しの参加者だけが見えます。",
        "A member body. Sees the people of its own events only.",
        Role.Kind.BODY_STAFF, ("株式会社ネットケアサービス", ""),
    ),
    Cast(
        "engineer", "aomori", "東京のエンジニア", "Tokyo engineer",
        "青森と津山に関心があり、体験モニターに応募しました。",
        "Interested in Aomori and Tsuyama; applied for the trial stay.",
    ),
    Cast(
        "support", "hokkaido", "支援機関の窓口", "Support desk",
        "専門家の公募を運営し、企業からの相談を受けます。",
        "Runs the open call for experts and helps firms.",
        Role.Kind.BODY_STAFF, ("ノーステック財団", ""),
    ),
    Cast(
        "officer", "hokkaido", "道の担当者", "Prefecture officer",
        "市町村の集計を見ます。個人の情報は見えません。",
        "Sees figures of the municipalities, never persons.",
        Role.Kind.PREFECTURE_OFFICER, ("北海道", ""),
    ),
    Cast(
        "aomori-desk", "aomori", "青森の事務局", "Secretariat, Aomori",
        "交流会と体験モニターを受け持ちます。",
        "Runs the meetups and the trial stays.",
        Role.Kind.SECRETARIAT, ("NPO法人あおもりIT活用サポートセンター", ""),
    ),
)  # fmt: skip

# Councils need someone who may give roles, also where no one of the cast works.
DESKS = {
    "hokkaido": ("北海道", ""),
    "kitami": ("北見市", ""),
    "tsuyama": ("津山市", ""),
    "saikai": ("西海市", ""),
}
ROLES_SINCE = date(2020, 4, 30)

_GIVEN = (
    ("さくら", "サクラ"), ("海斗", "カイト"), ("陽菜", "ヒナ"), ("大和", "ヤマト"), ("結衣", "ユイ"), ("蓮", "レン"),
    ("葵", "アオイ"), ("湊", "ミナト"), ("凛", "リン"), ("颯太", "ソウタ"), ("美咲", "ミサキ"), ("翔", "ショウ"),
    ("楓", "カエデ"), ("悠真", "ユウマ"), ("千尋", "チヒロ"), ("直樹", "ナオキ"), ("真央", "マオ"), ("健太", "ケンタ"),
    ("花", "ハナ"), ("誠", "マコト"),
)  # fmt: skip


@dataclass
class Member:
    """An account with what it would type into a profile."""

    account: Account
    profile: dict[str, Any]
    guardian: Account | None = None

    def actor(self, at: datetime) -> Actor:
        return Actor(at=at, role="member", account_id=self.account.id)


def make_account(email: str) -> Account:
    account, _created = Account.objects.get_or_create(email=email, defaults={"is_demo": True})
    if _created:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account


def make_member(
    email: str,
    *,
    given: tuple[str, str],
    born: date,
    lg_code: str,
    stage: str = "none",
    audience: str = "citizen",
) -> Member:
    profile = {
        "family_name": "見本",
        "given_name": given[0],
        "family_name_kana": "ミホン",
        "given_name_kana": given[1],
        "date_of_birth": born,
        "lg_code": lg_code,
        "school_stage": stage,
        "audience_id": audience,
        "email": email,
        "phone": "000-0000-0000",
    }
    return Member(make_account(email), profile)


class Crowd:
    """Made-up people of one council, the same on every load: the n-th is always the same person."""

    def __init__(self, council: Council, today: date) -> None:
        self.council, self.today = council, today
        self._members: dict[str, Member] = {}

    def pupil(self, number: int, lg_code: str) -> Member:
        born = self.today - timedelta(days=365 * 16 + 40 + number * 5)
        return self._member("pupil", number, born, lg_code, "high", "student_high")

    def adult(self, number: int, lg_code: str, audience: str = "worker_non_it") -> Member:
        born = self.today - timedelta(days=365 * (22 + number * 7 % 43) + number)
        return self._member("person", number, born, lg_code, "none", audience)

    def _member(self, kind: str, number: int, born: date, lg_code: str, stage: str, audience: str) -> Member:
        email = f"{self.council.slug}-{kind}-{number}@{DOMAIN}"
        if email not in self._members:
            given = _GIVEN[number % len(_GIVEN)]
            self._members[email] = make_member(
                email, given=given, born=born, lg_code=lg_code, stage=stage, audience=audience
            )
        return self._members[email]


def body(council: Council, named: tuple[str, str]) -> Body:
    return Body.objects.get(council=council, name=named[0], branch=named[1])


def staff(role: Role, at: datetime) -> Actor:
    return Actor(
        at=at, role=role.kind, body_id=role.body_id, council_id=role.council_id, account_id=role.account_id
    )


def moments(count: int, first: datetime, last: datetime, seed: str) -> list[datetime]:
    """`count` moments between two, in order, the same for the same seed."""
    # Made-up arrival times need no secret randomness.
    source = random.Random(seed)  # noqa: S311
    span = (last - first).total_seconds()
    return sorted(first + timedelta(seconds=source.random() * span) for _ in range(count))
