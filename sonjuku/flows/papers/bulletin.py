"""広報紙の文: a call in so many full-width characters, in the order that municipal bulletins use."""

from datetime import datetime
from typing import NamedTuple

from sonjuku.flows.papers.saying import in_japanese, said
from sonjuku.rooms.calls.models import Call
from sonjuku.toolbox.counting import bulletin_length, cut_to

# Left out from the end of this list when there is no room.
NEEDED = ("とき", "申込み", "問合せ", "ところ", "対象", "定員", "費用")
ORDER = ("とき", "ところ", "対象", "定員", "費用", "申込み", "問合せ")
SHORTEST_LEAD = 12


class Bulletin(NamedTuple):
    """`left_out` names the parts that had no room."""

    text: str
    left_out: list[str]


@in_japanese
def compose(call: Call, *, at: datetime, length: int, address: str) -> Bulletin:
    """At most `length` full-width characters (toolbox.counting says how they count): title, lead, then the parts.

    A part stands whole or not at all; only the lead is shortened, between phrases.
    """
    parts, title = _parts(call, at, address), f"【{call.title}】"
    kept = [name for name in NEEDED if parts.get(name)]
    while kept and bulletin_length(_joined(title, "", parts, kept)) > length:
        kept.pop()
    left_out = [name for name in ORDER if parts.get(name) and name not in kept]
    if not kept:
        return Bulletin(cut_to(title, length), left_out)
    room = length - bulletin_length(_joined(title, "", parts, kept))
    lead = _lead(call.summary, room)
    return Bulletin(
        _joined(title, lead, parts, kept), left_out + (["趣旨"] if call.summary and not lead else [])
    )


def _lead(summary: str, room: int) -> str:
    """As many whole sentences as fit, else the beginning of the first."""
    summary = " ".join(summary.split())
    sentences = [f"{part}。" for part in summary.rstrip("。").split("。")] if summary else []
    lead = ""
    for sentence in sentences:
        if bulletin_length(lead + sentence) > room:
            break
        lead += sentence
    return lead or (cut_to(summary, room) if room >= SHORTEST_LEAD else "")


def _joined(title: str, lead: str, parts: dict[str, str], kept: list[str]) -> str:
    lines = [title + lead, *(f"■{name}　{parts[name]}" for name in ORDER if name in kept)]
    return "\n".join(lines)


def _parts(call: Call, at: datetime, address: str) -> dict[str, str]:
    known = said(call, at)
    apply = "、".join(part for part in (known.deadline, address) if part)
    return {
        "とき": known.occasions[0] if len(known.occasions) == 1 else known.period,
        "ところ": call.venue or (known.mode if call.webinar_status == Call.Mode.ONLINE else ""),
        "対象": known.audience[0] if known.audience else "",
        "定員": f"{known.capacity}（{known.selection[0]}）" if known.capacity else "",
        "費用": known.fee,
        "申込み": apply,
        "問合せ": "　".join(known.contact[:2]),
    }
