"""What a call says on paper, in the words of an office: eras, half-open instants, 必着 and 消印有効."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.utils import translation

from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, CallBody, PaperTerms
from sonjuku.rooms.calls.rules import rule_text, words
from sonjuku.rooms.credentials import queries as credentials
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.people.models import GuardianRule, Person
from sonjuku.rooms.people.queries import guardian_rule
from sonjuku.toolbox.dates import ONE_DAY, day_of, local, wareki
from sonjuku.toolbox.money import yen

P = ParamSpec("P")
R = TypeVar("R")
NOT_YET = "未定"
GROWN_UP = 20


def in_japanese(write: Callable[P, R]) -> Callable[P, R]:
    """Labels that are translated for pages stay Japanese on paper."""

    @wraps(write)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override("ja"):
            return write(*args, **kwargs)

    return run


@dataclass(frozen=True, slots=True)
class Said:
    """One call in Japanese words; what is not known is empty."""

    title: str
    noun: str
    purpose: str
    audience: list[str]
    period: str
    occasions: list[str]
    venue: str
    mode: str
    capacity: str
    fee: str
    selection: list[str]
    result: str
    opening: str
    deadline: str
    deadline_by: str
    guardian: str
    purpose_of_use: str
    controller: str
    receivers: list[str]
    hosts: str
    contact: list[str]


@in_japanese
def said(call: Call, at: datetime) -> Said:
    """The call as it stands; `at` is the day on which it is written down (who then needs a guardian)."""
    terms = paper_queries.paper_terms(call)
    sees = call.bodies.filter(role__in=CallBody.SEES_PEOPLE).select_related("body")
    return Said(
        title=call.title,
        noun=str(words(call).noun),
        purpose=call.summary,
        audience=_audience(call),
        period=period(call),
        occasions=[_occasion(row) for row in participation.occasions(call)],
        venue=f"{call.venue}（{call.venue_address}）" if call.venue and call.venue_address else call.venue,
        mode=str(call.get_webinar_status_display()),
        capacity=_capacity(call),
        fee=_fee(call),
        selection=_selection(call),
        result=_result(call),
        opening=_opening(call.opens_at),
        deadline=until(call.closes_at),
        deadline_by=str(terms.get_deadline_by_display()),
        guardian=_guardian(guardian_rule(call.council, day_of(at))),
        purpose_of_use=call.purpose_of_use,
        controller=str(call.data_controller) if call.data_controller else "",
        receivers=sorted({str(row.body) for row in sees}),
        hosts="、".join(str(row.body) for row in sees.filter(role=CallBody.Role.HOST)),
        contact=contact(call),
    )


def _audience(call: Call) -> list[str]:
    rules = list(call.eligibility_rules.all())
    held = {value for rule in rules if rule.kind == rule.Kind.CREDENTIAL for value in rule.values}
    names = calls.names_in(rules) | {a.uri: a.title for a in credentials.named(held)}
    groups = "、".join(audience.title for audience in call.audiences.all())
    return [text for text in (groups, *(str(rule_text(rule, names)) for rule in rules)) if text]


def period(call: Call) -> str:
    if call.starts_on is None:
        return call.period_note
    text = wareki(call.starts_on)
    if call.ends_on and call.ends_on != call.starts_on:
        text += f"から{wareki(call.ends_on)}まで"
    return f"{text}　{call.period_note}" if call.period_note else text


def clock(at: time) -> str:
    """`9時`, `13時30分`."""
    return f"{at.hour}時{at.minute}分" if at.minute else f"{at.hour}時"


def moment(at: datetime) -> str:
    """`令和8年11月30日(月)13時30分`, on a clock in Tokyo."""
    there = local(at)
    return f"{wareki(there.date())}{clock(there.time())}"


def until(closes_at: datetime | None) -> str:
    """An exclusive close as a paper says it: midnight is the day before, without a time."""
    if closes_at is None:
        return ""
    there = local(closes_at)
    if there.time() == time(0):
        return f"{wareki(there.date() - ONE_DAY)}まで"
    return f"{moment(closes_at)}まで"


def _opening(at: datetime | None) -> str:
    if at is None:
        return ""
    return f"{wareki(day_of(at))}から" if local(at).time() == time(0) else f"{moment(at)}から"


def _occasion(row: Any) -> str:
    starts, ends = local(row.starts_at), local(row.ends_at)
    last = clock(ends.time()) if ends.date() == starts.date() else moment(row.ends_at)
    parts = (row.title, f"{moment(row.starts_at)}から{last}まで", row.venue)
    return "　".join(part for part in parts if part)


def _capacity(call: Call) -> str:
    pools = calls.pools(call)
    total = sum(pool.capacity for pool in pools)
    if not total:
        return ""
    if len(pools) < 2:
        return f"{total:,}人"
    each = (f"{f'{pool.option} {pool.seat_type}'.strip() or '一般'} {pool.capacity:,}人" for pool in pools)
    return f"{total:,}人（{'、'.join(each)}）"


def _fee(call: Call) -> str:
    text = "" if call.fee_jpy is None else yen(call.fee_jpy)
    return f"{text}（{call.fee_note}）" if text and call.fee_note else text or call.fee_note


def _selection(call: Call) -> list[str]:
    lines = {
        Call.Selection.FIRST_COME: ["先着順に受け付けます。定員に達したあとは、順番待ちになります。"],
        Call.Selection.LOTTERY: [
            "受付番号の一覧を固定して公開したあと、だれにも決められない公開の数で抽選します。",
            f"抽選に使う数：{call.seed_source or NOT_YET}",
            "だれでも抽選をやり直して、結果が正しいことを確かめられます。",
        ],
        Call.Selection.RANKED: [
            "希望の順を書いて申し込みます。抽選番号は一人に一つで、上の希望から順に席を割り当てます。",
            f"抽選に使う数：{call.seed_source or NOT_YET}",
            "だれでも計算し直して、結果が正しいことを確かめられます。",
        ],
        Call.Selection.REVIEW: [
            f"{call.min_reviewers}人以上の審査員が、次の基準で審査します。",
            *_criteria(call),
        ],
        Call.Selection.INVITATION: ["ご案内した方だけが参加できます。"],
    }
    found = [str(call.get_selection_display()), *lines[Call.Selection(call.selection)], *_classes(call)]
    if call.max_persons > 1:
        found.append(
            f"本人を含めて{call.max_persons}人まで、一件で申し込めます。一緒に参加する方の氏名とフリガナを、用紙の余白か別の紙に書いてください。"
        )
    return found


def _classes(call: Call) -> list[str]:
    """The classes of a draw, and what points in them come from."""
    rules = list(call.priority_rules.all()) if call.uses_draw else []
    lines = [
        f"区分{at}：{rule.title}（{rule_text(rule, calls.names_in([rule]))}）"
        for at, rule in enumerate(rules, 1)
    ]
    if lines:
        lines.insert(
            0, "区分の数が小さい人から先に席を割り当てます。5人に満たない区分は、となりの区分と一つにします。"
        )
    if call.uses_draw and calls.has_review(call):
        lines.append(f"点は、{call.min_reviewers}人以上の審査員が次の基準で付けます。")
        lines += _criteria(call)
    return lines


def _criteria(call: Call) -> list[str]:
    return [f"{row.title}（{row.maximum}点満点、重み{row.weight}）" for row in call.criteria.all()]


def _result(call: Call) -> str:
    if call.result_immediate:
        return "受付のときにお知らせします。"
    return f"{wareki(call.result_on)}" if call.result_on else ""


def _guardian(rule: GuardianRule) -> str:
    stages = "・".join(str(Person.SchoolStage(stage).label) for stage in rule.required_stages)
    also = f"と、在学の状況が「{stages}」の方" if stages else ""
    return f"{rule.required_under}歳未満の方{also}は、保護者の同意が必要です。"


def guardian_may_be_needed(call: Call, at: datetime) -> bool:
    """Whether anyone who may apply could need a guardian: not where everyone must be grown up."""
    rule = guardian_rule(call.council, day_of(at))
    youngest = [row.minimum or 0 for row in call.eligibility_rules.all() if row.kind == row.Kind.AGE]
    # A pupil of eighteen or nineteen needs one by the school's stage.
    least = max(rule.required_under, GROWN_UP if rule.required_stages else 0)
    return not youngest or max(youngest) < least


def contact(call: Call) -> list[str]:
    """Office, telephone and hours: the call's own, else the council's."""
    source: Any = call if call.contact_office else call.council
    phone = f"電話 {source.contact_phone}" if source.contact_phone else ""
    return [text for text in (source.contact_office, phone, source.contact_hours) if text]


def signatory(call: Call, terms: PaperTerms) -> list[str]:
    """Who issues an official paper, as the right-hand lines above its title."""
    name = "　".join(part for part in (terms.signatory_title, terms.signatory_name) if part)
    return [text for text in (call.council.title, name, "（公印省略）" if terms.seal_omitted else "") if text]


def document_number(terms: PaperTerms, number: int | None = None) -> str:
    """文書番号 with the running number in the place of {n}; a blank to write in where it has none yet."""
    return terms.document_number.replace("{n}", "　　" if number is None else str(number))
