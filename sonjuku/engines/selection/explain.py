"""Why somebody got a place or not, wish by wish, from the published result alone.

A plain draw is explained as one programme with open seats; units of several persons count as one applicant, who may
have been passed by with seats left. Their next in line is `wire_draw.seat_units` over the waiting list and the seats
that became free.

Numbers are said as people count: the first in the lottery order is 1, the first in line is 1.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sonjuku.engines.selection.assign import Applicant, Place, Programme, Rules
from sonjuku.engines.selection.draw import draw_order

RELEASED = "*released"  # no group's name: stands for seats for which no member of their group was left


class Standing(NamedTuple):
    """How somebody ranks at a programme: class, then lottery number."""

    priority: int
    number: int


class Tried(NamedTuple):
    """One seat type, in the published order. `last`: the last who got in, none when nobody sits there.

    `outcome`: `yours`; `not_yours`: held for a group you are not in; `taken`: by people before you.
    """

    group: str
    seated: int
    last: Standing | None
    outcome: str


class Reason(NamedTuple):
    """One wish. `outcome`: `placed`; `full`; `region_full`: refused with seats left, because the region's cap was
    reached; `did_not_fit`: of a draw of units, more persons than the seats that were left when it was their turn;
    `not_needed`: a better wish came true.

    `waiting`: place in line at the draw, for the wishes of whoever got no place. `tried` ends with the seat that was got.
    """

    programme: str
    wish: int
    own: Standing
    outcome: str
    seat: str
    tried: tuple[Tried, ...]
    waiting: int | None

    @property
    def last(self) -> Standing | None:
        """The last who got in by a way that was open to this applicant too."""
        open_to = [tried.last for tried in self.tried if tried.last and tried.outcome != "not_yours"]
        return max(open_to, default=None)


class Explanation(NamedTuple):
    """`number` of `total`; one reason per wish, best first."""

    code: str
    number: int
    total: int
    reasons: tuple[Reason, ...]


class Explainer:
    """Prepared once for a run; then each applicant is explained, and each line read, without recomputing."""

    def __init__(
        self,
        rules: Rules,
        applicants: Sequence[Applicant],
        hexseed: str,
        places: Mapping[str, Place],
        persons: Mapping[str, int] | None = None,
    ) -> None:
        """`persons`: of a plain draw, how many those are who are drawn as one; who is not named is alone."""
        order = draw_order([applicant.code for applicant in applicants], hexseed)
        self.number = {code: at for at, code in enumerate(order, start=1)}
        self.applicants = {applicant.code: applicant for applicant in applicants}
        self.programmes = {programme.code: programme for programme in rules.programmes}
        self.places = dict(places)
        self._last: dict[tuple[str, int], Standing] = {}
        self._seated: dict[tuple[str, int], int] = {}
        lines: dict[str, list[tuple[Standing, str]]] = {code: [] for code in self.programmes}
        for applicant in applicants:
            place = self.places.get(applicant.code)
            for wish in applicant.wishes:
                standing = Standing(wish.priority, self.number[applicant.code])
                if place and place.programme == wish.programme:
                    self._last[place] = max(standing, self._last.get(place, standing))
                    self._seated[place] = self._seated.get(place, 0) + 1
                    break
                if place is None:  # whoever has a place waits nowhere
                    lines[wish.programme].append((standing, applicant.code))
        self._line = {code: [who for _, who in sorted(line)] for code, line in lines.items()}
        self._in_line = {p: {who: at for at, who in enumerate(line, 1)} for p, line in self._line.items()}
        self._too_many = self._passed_by(rules, persons) if persons else frozenset()

    def _passed_by(self, rules: Rules, persons: Mapping[str, int]) -> frozenset[str]:
        """Who was refused while seats were left, though not enough of them."""
        [programme] = rules.programmes
        left, found = sum(seats.size for seats in programme.seats), set()
        for code in sorted(self.applicants, key=lambda code: self._standing(code, programme.code)):
            if code in self.places:
                left -= persons.get(code, 1)
            elif left > 0:
                found.add(code)
        return frozenset(found)

    def line(self, programme: str) -> list[str]:
        """The waiting list: everybody who wished for it and got no place, by class, then number."""
        return list(self._line[programme])

    def of(self, code: str) -> Explanation:
        """Why this applicant got what they got."""
        applicant = self.applicants[code]
        reasons, settled = [], False
        for at, wish in enumerate(applicant.wishes, start=1):
            own = Standing(wish.priority, self.number[code])
            reasons.append(self._reason(applicant, wish.programme, at, own, settled))
            settled |= reasons[-1].outcome == "placed"
        return Explanation(code, self.number[code], len(self.number), tuple(reasons))

    def _reason(self, applicant: Applicant, code: str, wish: int, own: Standing, settled: bool) -> Reason:
        if settled:
            return Reason(code, wish, own, "not_needed", "", (), None)
        place = self.places.get(applicant.code)
        programme = self.programmes[code]
        mine = place.seat if place and place.programme == code else None
        tried = self._tried(applicant, programme, mine)
        if mine is not None:
            return Reason(code, wish, own, "placed", tried[-1].group, tried, None)
        refused = Reason(code, wish, own, "full", "", tried, self._in_line[code].get(applicant.code))
        if applicant.code in self._too_many:
            return refused._replace(outcome="did_not_fit")
        return refused._replace(outcome=self._refusal(programme))

    def _refusal(self, programme: Programme) -> str:
        seated = sum(self._seated.get((programme.code, kind), 0) for kind in range(len(programme.seats) + 1))
        full = seated >= sum(seats.size for seats in programme.seats)
        return "full" if full or not programme.region else "region_full"

    def _tried(self, applicant: Applicant, programme: Programme, mine: int | None) -> tuple[Tried, ...]:
        tried = []
        groups = [*(seats.group for seats in programme.seats), RELEASED]
        for kind, group in enumerate(groups if mine is None else groups[: mine + 1]):
            seated = self._seated.get((programme.code, kind), 0)
            if group == RELEASED and not seated:
                continue
            entitled = group in ("", RELEASED) or group in applicant.groups
            outcome = "yours" if kind == mine else "taken" if entitled else "not_yours"
            tried.append(Tried(group, seated, self._last.get((programme.code, kind)), outcome))
        return tuple(tried)

    def next_for(self, programme: str, gone: Collection[str], joined: Collection[str] = ()) -> list[str]:
        """Whom to offer the seats that became free, first in line first.

        `gone`: everybody who left, declined or has settled elsewhere since; `joined`: those who were offered a seat
        since and have not gone. Everybody keeps their relative order; seat types are gone through as in the
        selection, so a held seat goes to a member of its group as long as one waits. The seat stays in its programme.
        """
        sitting = [code for code, place in self.places.items() if place.programme == programme]
        staying = {*sitting, *joined} - set(gone)
        able = staying | set(self._line[programme]) - set(gone)
        ranked = sorted(able, key=lambda code: self._standing(code, programme))
        new = [code for code in self._chosen(programme, ranked, len(sitting)) if code not in staying]
        return sorted(new, key=lambda code: self._standing(code, programme))

    def _chosen(self, programme: str, ranked: list[str], seats: int) -> list[str]:
        """Who would sit there if only these had asked and the programme had no more than `seats`."""
        chosen: list[str] = []
        left = seats
        for kind in self.programmes[programme].seats:
            size = min(kind.size, left)
            left -= size
            entitled = (c for c in ranked if not kind.group or kind.group in self.applicants[c].groups)
            taking = [code for code, _ in zip(entitled, range(size), strict=False)]
            chosen += taking
            ranked = [code for code in ranked if code not in set(taking)]
        return chosen + ranked[: seats - len(chosen)]

    def _standing(self, code: str, programme: str) -> Standing:
        wish = next(wish for wish in self.applicants[code].wishes if wish.programme == programme)
        return Standing(wish.priority, self.number[code])
