"""A badge on paper, for its holder: 修了証 for a course, 認定証 where it was judged. The paper itself proves nothing."""

from dataclasses import dataclass
from datetime import date

from sonjuku.flows.papers.saying import in_japanese
from sonjuku.rooms.credentials.models import Award, Route
from sonjuku.toolbox.dates import day_of, wareki

CRITERIA = 160
HEADINGS = {Route.COURSE: "修了証", Route.EXPERIENCE: "認定証", Route.RULE: "認定証"}
BODIES = {
    Route.COURSE: "あなたは、このバッジの条件をみたし、修了しました。ここにその証としてこの証書を贈ります。",
    Route.EXPERIENCE: "あなたの実務の経験が、このバッジの条件をみたすと認め、ここにこの証書を贈ります。",
    Route.RULE: "あなたの学びが、このバッジの条件をみたすと認め、ここにこの証書を贈ります。",
}
A_COPY = "この紙は、デジタルバッジ（オープンバッジ）を紙に写したものです。いまも有効かどうかは、紙だけではわかりません。"
BY_FILE = (
    "協議会やこのサイトがなくなったときは、持ち主がもつバッジのファイル（PNG・SVG・JSON・JWT）で確かめられます。"
    "オープンバッジ3.0を読める、どの確認サイトやソフトでもかまいません。ファイルの番号（id）は、この紙の番号と同じです。"
)
# A did:key is the key itself; a did:web leads to a document of its own.
KEY_INSIDE = "発行者の鍵は、ファイルの中にあります。"
KEY_ELSEWHERE = "発行者の鍵の一覧（did.json）も要ります。協議会の仕事を継いだところが、引き続き公開します。"


@dataclass(frozen=True, slots=True)
class BadgeSheet:
    """One sheet. `address` is what its QR code says; "" where it has none."""

    heading: str
    number: str
    name: str
    kana: str
    title: str
    body: str
    criteria: str
    issued: str
    issuer: list[str]
    address: str
    notes: list[str]

    @property
    def is_long(self) -> bool:
        """Whether name or title need smaller letters on a page that can't measure."""
        return max(len(self.name), len(self.title)) > 24


@in_japanese
def badge_sheet(award: Award, *, address: str = "", last_day: date | None = None) -> BadgeSheet:
    """The award on paper. `address` shows it, to `last_day` where that is a share link.

    `achievement`, `person`, `council` and `issuer_key__body` must be loaded.
    """
    body, person = award.issuer_key.body, award.person
    return BadgeSheet(
        heading=HEADINGS[Route(award.route)],
        number=f"番号　{award.uri}",
        name=person.full_name,
        kana=person.full_name_kana,
        title=award.achievement.title,
        body=BODIES[Route(award.route)],
        criteria=_short(award.achievement.criteria),
        issued=both_calendars(day_of(award.issued_at)),
        issuer=[award.council.title, *([body.name] if body else [])],
        address=address,
        notes=_notes(award, address, last_day),
    )


def both_calendars(day: date) -> str:
    return f"{wareki(day, weekday=False)}（西暦{day.year}年）"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CRITERIA else line[: CRITERIA - 1] + "…"


def _notes(award: Award, address: str, last_day: date | None) -> list[str]:
    until = f"このQRコードが開くのは、{both_calendars(last_day)}までです。" if last_day else ""
    looked = [f"QRコードの先で、いまも有効かを確かめられます。{until}", address] if address else []
    by_key = award.credential["issuer"]["id"].startswith("did:key:")
    return [A_COPY, *looked, BY_FILE + (KEY_INSIDE if by_key else KEY_ELSEWHERE)]
