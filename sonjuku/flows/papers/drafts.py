"""起案: what is put before those who decide, for each step of `Approval`. Numbers and codes; names only where chosen."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sonjuku.flows.papers.guidelines import terms_of_call
from sonjuku.flows.papers.saying import NOT_YET, in_japanese, period
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Approval, Call, SelectionRun
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.programmes.rules import title_of
from sonjuku.toolbox.dates import day_of, fiscal_year, fiscal_year_label, wareki
from sonjuku.toolbox.docx import Block, Heading, Items, NewPage, Paper, Table, Text

BOXES = ("会長", "事務局長", "事務局次長", "係長", "起案者")
BOX_MM = 18
Step = Approval.Step
V = Application.Verdict


class _Case(NamedTuple):
    subject: str
    question: str
    reason: str


_CASES = {
    Step.OPEN: _Case(
        "「{title}」の募集の開始について（伺い）",
        "このことについて、別紙の条件で募集を始めてよろしいか伺います。",
        "{summary}",
    ),
    Step.DECIDE: _Case(
        "「{title}」の参加者の決定について（伺い）",
        "このことについて、別紙のとおり参加者を決定してよろしいか伺います。",
        "公開した方法（{selection}）により選考したため。",
    ),
    Step.ANNOUNCE: _Case(
        "「{title}」の選考結果の発表について（伺い）",
        "このことについて、別紙のとおり結果を発表してよろしいか伺います。",
        "参加者の決定を、申し込んだ方に知らせるため。",
    ),
    Step.PROVIDE: _Case(
        "「{title}」に係る個人情報の外部提供について（伺い）",
        "このことについて、別紙のとおり本人の同意がある分に限り提供してよろしいか伺います。",
        "本人の同意に基づき、提供先で別紙の目的に用いるため。",
    ),
}


@in_japanese
def draft(call: Call, step: str, *, at: datetime, address: str, with_names: bool = False) -> Paper:
    """The 起案 of one step with its 別紙. `with_names` puts names beside the codes of the decision."""
    case = _CASES[Step(step)]
    words = {
        "title": call.title,
        "summary": call.summary or NOT_YET,
        "selection": call.get_selection_display(),
    }
    subject = case.subject.format(**words)
    blocks: list[Block] = [
        Heading("起案書", 0),
        *_frame(call, step, at),
        Table([["件名", subject]], heads=True, shares=(1, 5)),
        Heading("伺い"),
        Text(case.question),
        Heading("理由"),
        Text(case.reason.format(**words)),
        Heading("根拠"),
        Items(_grounds(call, step)),
        NewPage(),
        Heading("別紙", 1),
        *_annex(call, step, at=at, address=address, with_names=with_names),
    ]
    return Paper(subject, blocks, author=call.council.title, at=at)


def _frame(call: Call, step: str, at: datetime) -> list[Block]:
    approval = Approval.objects.filter(call=call, step=step).first()
    number = approval.number if approval else ""
    decided = wareki(approval.decided_on) if approval else "令和　　年　　月　　日"
    return [
        Table(
            [["起案日", wareki(day_of(at)), "決裁番号", number], ["起案者", "", "決裁日", decided]],
            shares=(1, 2, 1, 2),
        ),
        Table([BOXES, [""] * len(BOXES)], header=True, row_mm=BOX_MM, caption="決裁欄"),
    ]


def _grounds(call: Call, step: str) -> list[str]:
    day = call.starts_on or (day_of(call.opens_at) if call.opens_at else None)
    year = f"{fiscal_year_label(fiscal_year(day))}　" if day else ""
    lines = [f"{year}{title_of(call.programme, 'ja')}", f"{call.council.title}　規約"]
    if call.agreement:
        lines.append(f"{call.agreement.title}（{wareki(call.agreement.signed_on, weekday=False)}締結）")
    if step == Step.PROVIDE:
        lines.append("個人情報の保護に関する法律（本人の同意、提供の記録）")
    if call.is_restricted and step == Step.OPEN:
        lines.append(f"公募によらない理由：{call.restriction_reason}（承認：{call.restriction_approver}）")
    return lines


def _annex(call: Call, step: str, *, at: datetime, address: str, with_names: bool) -> list[Block]:
    if step == Step.OPEN:
        return terms_of_call(call, at=at, address=address)
    if step == Step.PROVIDE:
        return _provisions(call)
    return _decision(call, with_names=with_names) + (
        _announcing(call, address) if step == Step.ANNOUNCE else []
    )


# The decision


def _decision(call: Call, *, with_names: bool) -> list[Block]:
    run = calls.run_of(call)
    rows = rows_of(call)
    blocks: list[Block] = [Heading("申込みと結果の数", 2), Table(_numbers(call, rows), heads=True)]
    if run is not None and run.frozen_at is not None and call.uses_draw:
        blocks += [Heading("抽選の記録", 2), Table(_draw(call, run), heads=True)]
    for result, label in ((V.SELECTED, "参加者"), (V.WAITLISTED, "補欠"), (V.NOT_SELECTED, "選外")):
        found = sorted(
            (row for row in rows if _result(row) == result), key=lambda row: (row.rank or 0, row.code)
        )
        if found:
            blocks += [Heading(f"{label}（{len(found)}人）", 2), _listed(found, with_names=with_names)]
    return blocks


def rows_of(call: Call) -> list[Application]:
    """The applications that a decision is about, with their persons."""
    rows = call.applications.exclude(state=Application.State.DRAFT)
    return list(rows.select_related("person").order_by("code"))


def _result(row: Application) -> str:
    """The verdict; where nothing is judged (first come), what the state says."""
    states = {
        Application.State.ACCEPTED: V.SELECTED,
        Application.State.OFFERED: V.SELECTED,
        Application.State.WAITLISTED: V.WAITLISTED,
        Application.State.NOT_SELECTED: V.NOT_SELECTED,
        Application.State.INELIGIBLE: V.INELIGIBLE,
    }
    return str(row.verdict or states.get(Application.State(row.state), V.NONE))


def _numbers(call: Call, rows: list[Application]) -> list[list[str]]:
    found = Counter(_result(row) for row in rows)
    capacity = sum(pool.capacity for pool in calls.pools(call))
    labels = {
        V.SELECTED: "参加者",
        V.WAITLISTED: "補欠",
        V.NOT_SELECTED: "選外",
        V.INELIGIBLE: "対象外",
        V.NONE: "未判定・取下げなど",
    }
    return [
        ["申込み", f"{len(rows)}件"],
        ["定員", f"{capacity}人"],
        *([label, f"{found[key]}件"] for key, label in labels.items() if found[key]),
    ]


def _draw(call: Call, run: SelectionRun) -> list[list[str]]:
    return [
        ["固定した抽選番号", f"{calls.entry_count(run)}件"],
        ["一覧の符号（SHA-256）", run.list_hash],
        ["抽選に使う数の出どころ", call.seed_source],
        ["使った数", run.public_value or NOT_YET],
        ["抽選の種", run.seed or NOT_YET],
    ]


def _listed(rows: list[Application], *, with_names: bool) -> Table:
    reasons = any(row.decision_note for row in rows)
    heads = ["番号", "受付番号", *(["氏名"] if with_names else []), *(["理由"] if reasons else [])]
    cells = [
        [
            str(number),
            row.code,
            *([row.person.full_name] if with_names else []),
            *([row.decision_note] if reasons else []),
        ]
        for number, row in enumerate(rows, 1)
    ]
    shares = (1, 3, 3) if with_names else (1, 5)
    return Table([heads, *cells], header=True, shares=(*shares, 6) if reasons else shares)


def _announcing(call: Call, address: str) -> list[Block]:
    return [
        Heading("発表の方法", 2),
        Table(
            [
                ["発表日", wareki(call.result_on) if call.result_on else NOT_YET],
                ["本人への知らせ", "電子メール、または印刷した通知"],
                ["公開するもの", "受付番号だけ（氏名は公開しない）" if call.uses_draw else "なし"],
                ["公開の場所", address if call.uses_draw else "なし"],
                ["参加の期間", period(call) or NOT_YET],
            ],
            heads=True,
        ),
    ]


# Giving to others


def _provisions(call: Call) -> list[Block]:
    ids = call.applications.values("id")
    rows = Consent.objects.filter(
        about_id__in=ids, purpose=Consent.Purpose.PROVISION, given_at__isnull=False, withdrawn_at__isnull=True
    )
    found: dict[tuple[tuple[str, ...], tuple[str, ...], str], set[object]] = {}
    for row in rows:
        found.setdefault((tuple(row.receivers), tuple(row.items), row.text_version), set()).add(row.person_id)
    if not found:
        return [Text("本人が同意した提供は、いまのところありません。")]
    heads = ["提供先", "提供する項目", "同意の文の版", "同意した人数"]
    cells = [
        ["、".join(receivers), "、".join(items), version, f"{len(persons)}人"]
        for (receivers, items, version), persons in sorted(found.items(), key=lambda each: each[0])
    ]
    everyone = {person for persons in found.values() for person in persons}
    return [
        Table([heads, *cells], header=True, shares=(3, 4, 2, 2)),
        Text(
            f"同意した人は合わせて{len(everyone)}人です（重なりを除く）。同意のない人の情報は提供しません。"
        ),
        Text("提供したときは、提供先・項目・同意の記録を残します。"),
    ]
