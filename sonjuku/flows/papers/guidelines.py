"""募集要項: all terms of a call, in the order that Japanese councils use."""

from collections.abc import Sequence
from datetime import datetime

from sonjuku.flows.papers.saying import NOT_YET, Said, in_japanese, said
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.models import Call, PaperTerms
from sonjuku.toolbox.dates import day_of, wareki
from sonjuku.toolbox.docx import Block, Heading, Items, Paper, Text


@in_japanese
def guidelines(call: Call, *, at: datetime, address: str) -> Paper:
    """The 募集要項 as it stands. `address` is the whole address of the call's public page."""
    head: list[Block] = [
        Heading(f"{call.title}　募集要項", 0),
        Text(f"{call.council.title}　{wareki(day_of(at), weekday=False)}", "right"),
    ]
    blocks = head + terms_of_call(call, at=at, address=address)
    return Paper(f"{call.title} 募集要項", blocks, author=call.council.title, at=at)


def terms_of_call(call: Call, *, at: datetime, address: str) -> list[Block]:
    """The numbered parts, without title: also the 別紙 of a 起案."""
    known, terms = said(call, at), paper_queries.paper_terms(call)
    parts: list[tuple[str, Sequence[str]]] = [
        ("趣旨", [known.purpose or NOT_YET]),
        ("主催", [known.hosts or call.council.title]),
        ("対象", known.audience or ["どなたでも"]),
        ("日程", [known.period or NOT_YET, *known.occasions]),
        ("場所", [known.venue or NOT_YET, f"開催方法：{known.mode}"]),
        ("定員", [known.capacity or NOT_YET]),
        ("費用", [known.fee or NOT_YET]),
        ("選考方法", [*known.selection, *([f"結果発表：{known.result}"] if known.result else [])]),
        ("申込方法", _how(known, terms, address)),
        ("締切", _deadline(known)),
        ("保護者の同意", [known.guardian]),
        ("個人情報の取扱い", _privacy(known)),
        ("問合せ先", known.contact or [call.council.title]),
    ]
    blocks: list[Block] = []
    for number, (title, lines) in enumerate(parts, 1):
        blocks.append(Heading(f"{number}　{title}"))
        blocks += [Items(lines)] if len(lines) > 1 else [Text(lines[0])]
    return blocks


def _how(known: Said, terms: PaperTerms, address: str) -> list[str]:
    fax = f"FAX：{terms.fax_number}（申込書は、問合せ先とチラシの裏にあります。）" if terms.fax_number else ""
    lines = [f"画面：{address}", fax, "郵送・持参・電話：問合せ先まで"]
    return [line for line in lines if line]


def _deadline(known: Said) -> list[str]:
    if not known.deadline:
        return [NOT_YET]
    lines = [f"{known.opening}{known.deadline}" if known.opening else known.deadline]
    mail = (
        "郵送は、締切の日の必着です。"
        if known.deadline_by == "必着"
        else "郵送は、締切の日の消印まで有効です。"
    )
    return [*lines, mail]


def _privacy(known: Said) -> list[str]:
    lines = [
        f"利用目的：{known.purpose_of_use or NOT_YET}",
        f"取り扱う団体：{known.controller or NOT_YET}",
        f"見る団体：{'、'.join(known.receivers)}" if known.receivers else "",
        "同意なしに、ほかの団体へ渡しません。",
    ]
    return [line for line in lines if line]
