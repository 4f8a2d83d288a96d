"""The demo's matching event: experts and firms of Hokkaido rank one another, some have, and a visitor may."""

from datetime import timedelta
from typing import Any

from sonjuku.flows import introducing
from sonjuku.flows.demo_people import DOMAIN, Member, body, staff
from sonjuku.flows.demo_scenes import DAY, SHIBUYA, Stage
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.rooms.people.models import Body, Person, Role
from sonjuku.toolbox.dates import day_of, end_of_day, format_date

TEXT = "紹介に同意します。（見本）"
# What the other side reads: title and about, in both languages. The first expert is the cast's engineer.
EXPERTS = (
    ("小さな会社のデータ活用", "Data for small firms", "表計算から始めて、売上と在庫を見えるようにします。", "From spreadsheets to a clear view of sales and stock."),
    ("会計と請求の電子化", "Bookkeeping and invoices", "紙の請求書を減らす手順を、いっしょに作ります。", "We make the steps to fewer paper invoices together."),
    ("ネット販売の立ち上げ", "Starting an online shop", "写真の撮り方から発送まで、一年の伴走ができます。", "From photographs to parcels, for a year."),
    ("工場の記録の自動化", "Records in the factory", "機械の記録を、手書きから自動に変えます。", "From handwritten records to automatic ones."),
    ("予約と接客の仕組み", "Bookings and service", "電話だけの予約を、画面でも受けられるようにします。", "Bookings on a page, not only by telephone."),
    ("情報の守り方", "Keeping data safe", "十人ほどの会社に合った、守り方の決まりを作ります。", "Rules to keep data safe, for a firm of ten."),
)  # fmt: skip
FIRMS = (
    ("見本水産", "Mihon Fisheries", "水産加工の会社", "A fish processor", "在庫と出荷を、手書きの帳面で見ています。", "Stock and dispatch stand in a handwritten book.", 1),
    ("見本旅館", "Mihon Inn", "温泉の旅館", "An inn with hot springs", "予約の電話が一人に集まっています。", "All bookings come to one telephone.", 1),
    ("見本木工", "Mihon Woodwork", "家具の工房", "A furniture workshop", "道外のお客さまに、直接売りたいです。", "We want to sell to customers far away.", 2),
    ("見本農園", "Mihon Farm", "野菜の農園", "A vegetable farm", "請求書を月に三百枚、手で書いています。", "We write three hundred invoices a month by hand.", 1),
)  # fmt: skip


def gather(stage: Stage, engineer: Member) -> None:
    """Open since four days, for ten more; every second one has handed an order in, the engineer has not."""
    host = body(stage.council, ("ノーステック財団", ""))
    role = Role.objects.get(account__email=f"support@{DOMAIN}", body=host)
    by = staff(role, stage.at - 4 * DAY)
    event = actions.create_event(by=by, council=stage.council, host=host, **_terms(stage))
    people = [
        engineer,
        *(stage.crowd.adult(n, ("011002", SHIBUYA)[n % 2], "worker_it") for n in range(70, 75)),
    ]
    sides: dict[str, list[tuple[Member, MatchingMember]]] = {Side.LEFT: [], Side.RIGHT: []}
    for member, words in zip(people, EXPERTS, strict=True):
        sides[Side.LEFT].append((member, _add(by, event, Side.LEFT, member, None, *words)))
    for number, (name, name_en, title, title_en, about, about_en, most) in enumerate(FIRMS):
        firm = Body.objects.create(
            council=stage.council,
            type=Body.Type.COMPANY,
            name=f"{name}（見本）",
            name_en=f"{name_en} (sample)",
        )
        member = stage.crowd.adult(80 + number, "011002")
        row = _add(by, event, Side.RIGHT, member, firm, title, title_en, about, about_en, most=most)
        sides[Side.RIGHT].append((member, row))
    introducing.open_event(by=by, event=event)
    for side, others in ((Side.LEFT, sides[Side.RIGHT]), (Side.RIGHT, sides[Side.LEFT])):
        for place, (member, row) in enumerate(sides[side]):
            if place % 2:
                _rank(
                    member.actor(stage.at - 2 * DAY), row, [str(other.id) for _member, other in others], place
                )


def _terms(stage: Stage) -> dict[str, Any]:
    deadline = end_of_day(day_of(stage.at) + timedelta(days=10))
    known_on, starts_on = day_of(deadline) + timedelta(days=3), day_of(deadline) + timedelta(days=14)
    return {
        "title": "専門家と企業のマッチング（見本）", "title_en": "Experts meet firms (sample)",
        "description": "紹介を読んで、力になれそうな相手、頼みたい相手から順に並べてください。",
        "description_en": "Read about the others, and put those first whom you can help, or whom you would like to ask.",
        "ranks_by": deadline, "starts_on": starts_on,
        "seed_source": f"{format_date(known_on, year=True)}より後に、はじめて公表される日経平均株価の終値",
        "seed_source_en": f"The first closing Nikkei average published after {format_date(known_on, 'en', year=True)}",
    }  # fmt: skip


def _add(
    by: Actor, event: MatchingEvent, side: str, member: Member, firm: Body | None, *words: str, most: int = 1
) -> MatchingMember:
    fields = {key: value for key, value in member.profile.items() if key != "audience_id"}
    person = Person.objects.create(council=event.council, account=member.account, **fields)
    told = dict(zip(("title", "title_en", "about", "about_en"), words, strict=True))
    return actions.add_member(by=by, event=event, side=side, person=person, body=firm, most=most, **told)


def _rank(by: Actor, row: MatchingMember, others: list[str], place: int) -> None:
    """Everybody begins elsewhere; the last two are equally welcome."""
    turned = others[place % len(others) :] + others[: place % len(others)]
    groups = [*([key] for key in turned[:-2]), turned[-2:]]
    actions.submit_ranks(by=by, member=row, groups=groups, agrees=True, text=TEXT)
