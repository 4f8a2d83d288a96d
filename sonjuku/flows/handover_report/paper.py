"""The 引継書 as a list of blocks, printed as a page and written as a DOCX."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sonjuku.flows.handover_report.custody import Custody, custody
from sonjuku.flows.handover_report.deadlines import Deadline, deadlines
from sonjuku.flows.handover_report.decisions import MISSING, Decision, decisions
from sonjuku.flows.handover_report.results import Figures, Results, results
from sonjuku.flows.handover_report.scope import Row, Scope
from sonjuku.flows.handover_report.waiting import Waiting, waiting
from sonjuku.flows.papers.saying import in_japanese
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.toolbox.dates import day_of, fiscal_year_label, local, wareki
from sonjuku.toolbox.docx import Block, Heading, Items, Paper, Table, Text

# A queue of hundreds is looked up at the desk; here it only has to be known.
MOST_CODES = 60
SIGN_MM = 16
WRITE_MM = 9
NONE = "なし"
TO_WRITE = (
    "電子署名の鍵を守る合言葉（SONJUKU_KEYS_SECRET）",
    "バックアップと復元の手順",
    "ドメインとメールの契約",
)


class Listed(NamedTuple):
    """What waits, and the names of those in it where they were asked for."""

    rows: list[Waiting]
    names: dict[UUID, str]

    @property
    def shown(self) -> list[Row]:
        return [row for each in self.rows for row in each.rows[:MOST_CODES]]


@in_japanese
def listed(scope: Scope) -> Listed:
    found = Listed(waiting(scope), {})
    return found._replace(names=scope.names(found.shown))


@writes
def print_handover(*, scope: Scope) -> Paper:
    """The paper, with an entry that it was taken out; with names also one for each person who is named."""
    by, found = scope.actor, listed(scope)
    record(
        by=by,
        verb="handover.printed",
        subject=scope.council,
        field_names=["names"] if scope.with_names else [],
    )
    if scope.with_names:
        named = scope.applications.filter(pk__in=list(found.names))
        record_many(by=by, verb="application.handed_over", subjects=named)
    return write_handover(scope, found)


@in_japanese
def write_handover(scope: Scope, found: Listed) -> Paper:
    """The paper alone."""
    title = f"{fiscal_year_label(scope.year)}　引継書"
    body = Body.objects.filter(pk=scope.actor.body_id).first() if scope.actor.body_id else None
    there = local(scope.actor.at)
    blocks: list[Block] = [
        Heading(title, 0),
        Text(f"{scope.council.title}\n{body or ''}", align="right"),
        Text(f"{wareki(scope.day)}{there.hour}時{there:%M}分 時点", align="right"),
        Text(_caution(scope), bold=scope.with_names),
        *_signing(),
        Heading("1　これから来る期限"),
        *_deadlines(deadlines(scope), scope),
        Heading("2　待っていること"),
        *_waiting(found),
        Heading("3　決裁"),
        *_decisions(decisions(scope)),
        Heading("4　鍵と役割"),
        *_custody(custody(scope)),
        Heading("5　年度の実績"),
        *_results(results(scope), there.strftime("%H:%M"), scope),
    ]
    return Paper(title, blocks, author=scope.council.title, at=scope.actor.at)


def _caution(scope: Scope) -> str:
    if scope.with_names:
        return (
            "この書類には氏名が載っています（個人情報）。引き継ぐ人だけに渡し、"
            "使い終わったら廃棄してください。だれが印刷したかは記録されています。"
        )
    return (
        "氏名は載せていません。受付番号は、照らし合わせると本人が分かるため、個人情報として扱ってください。"
        "だれが印刷したかは記録されています。"
    )


def _signing() -> list[Block]:
    heads = ["", "所属・職", "氏名", "年月日"]
    return [
        Table(
            [heads, ["引き継ぐ人", "", "", ""], ["引き受ける人", "", "", ""], ["立会人", "", "", ""]],
            header=True, heads=True, shares=(4, 4, 4, 3), row_mm=SIGN_MM, caption="引継ぎの確認",
        )
    ]  # fmt: skip


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], none: str
) -> list[Block]:
    return [Table([heads, *rows], header=True, shares=shares)] if rows else [Text(none)]


def _deadlines(rows: list[Deadline], scope: Scope) -> list[Block]:
    cells = [
        [f"{row.said}（過ぎています）" if row.last < scope.day else row.said, row.what, row.thing]
        for row in rows
    ]
    return _table(["期限", "こと", "対象"], cells, (4, 4, 5), "いま開いている期限はありません。")


def _waiting(found: Listed) -> list[Block]:
    cells = [
        [row.what, row.thing or "事務局全体", f"{row.number}件", _codes(row, found)] for row in found.rows
    ]
    heads = ["待っていること", "募集", "数", "受付番号・氏名" if found.names else "受付番号"]
    return _table(heads, cells, (4, 4, 1.2, 5), "だれも何も待っていません。")


def _codes(row: Waiting, found: Listed) -> str:
    shown = [f"{each.code}　{found.names.get(each.id, '')}".strip() for each in row.rows[:MOST_CODES]]
    more = len(row.rows) - len(shown)
    return ("\n" if found.names else "、").join([*shown, *([f"ほか{more}件"] if more else [])])


def _decisions(rows: list[Decision]) -> list[Block]:
    cells = [
        [row.thing, row.step, row.number, wareki(row.on, weekday=False) if row.on else "―"] for row in rows
    ]
    blocks = _table(
        ["件名", "段階", "決裁番号", "決裁日"], cells, (5, 3, 3, 3), "この年度に記録された決裁はありません。"
    )
    if missing := sum(row.number == MISSING for row in rows):
        blocks.append(Text(f"決裁番号が{MISSING}のものが{missing}件あります。引き継ぐ前に入力してください。"))
    return blocks


def _custody(kept: Custody) -> list[Block]:
    keys = [
        [
            key.did,
            key.custodian or "未入力",
            wareki(day_of(key.created_at), weekday=False),
            wareki(day_of(key.retired_at), weekday=False) if key.retired_at else "使用中",
        ]
        for key in kept.keys
    ]
    roles = [
        [
            role.title or role.get_kind_display(),
            str(role.body),
            f"{wareki(role.starts_on, weekday=False)}から",
            f"{wareki(role.ends_on, weekday=False)}まで" if role.ends_on else "定めなし",
        ]
        for role in kept.roles
    ]
    none = "署名の鍵はまだありません。初めて修了のバッジを渡すときに作られます。"
    return [
        Heading("バッジに署名する鍵", 2),
        *_table(["鍵（公開の名前）", "保管者（部署）", "作成", "状態"], keys, (5, 3, 2.5, 2.5), none),
        Heading("このソフトの外で保管するもの（記入）", 2),
        Table(
            [["もの", "保管者（部署・職）", "保管場所"], *([each, "", ""] for each in TO_WRITE)],
            header=True, heads=True, shares=(5, 4, 4), row_mm=WRITE_MM,
        ),
        *_machines(kept),
        Heading("役割", 2),
        *_table(["役割", "団体", "始まり", "終わり"], roles, (4, 4, 3, 3), "役割の記録はありません。"),
    ]  # fmt: skip


def _machines(kept: Custody) -> list[Block]:
    """Only where the reader looks after them and there are any."""
    rows = [
        ["トークン", row.title, str(row.body), wareki(row.expires_on, weekday=False)] for row in kept.tokens
    ]
    rows += [
        ["外部への通知", host, "", "使用中" if row.is_active else "停止中"] for host, row in kept.webhooks
    ]
    heads = ["種類", "名前・送り先", "団体", "期限・状態"]
    return [Heading("外部連携", 2), Table([heads, *rows], header=True, shares=(4, 4, 4, 3))] if rows else []


# The results

HEADS = ("募集", "申込み", "延べ人数", "実人数", "修了", "来場（延べ）")


def _figures(row: Figures) -> list[str]:
    return [
        f"{number:,}"
        for number in (row.calls, row.applications, row.places, row.people, row.completed, row.visits)
    ]


def _split(label: str, parts: dict[str, Figures], found: Results) -> list[Block]:
    rows = [[name, *_figures(part)] for name, part in parts.items()]
    whole = ["合計", *_figures(found.whole)]
    blocks: list[Block] = [
        Heading(f"{label}ごと", 2),
        Table(
            [[label, *HEADS], *rows, whole], header=True, heads=True, shares=(4, 1.3, 1.5, 1.7, 1.5, 1.3, 2)
        ),
    ]
    if twice := found.twice(parts):
        blocks.append(
            Text(
                f"{label}ごとの実人数を足すと、合計より{twice}人多くなります。"
                "二つ以上に参加した人を、それぞれで1人と数えているためです。"
            )
        )
    return blocks


def _results(found: Results, clock: str, scope: Scope) -> list[Block]:
    if not found.whole.calls:
        return [Text("この年度の募集はありません。"), *_years(found.years)]
    return [
        Text(
            f"{wareki(scope.day)}{clock}時点で、この年度に始まる募集（下書きを除く）のうち、"
            "この部署が受け持つものを数えています。"
        ),
        Items(
            [
                "延べ人数：参加の席の数。辞退した席は数えません。",
                "実人数：参加した人の数。いくつの募集に参加しても1人と数えます。",
                "申込み：下書きを除くすべての申込み。来場（延べ）：当日の受付の数。",
            ]
        ),
        *_split("財源", found.by_funding, found),
        *_split("委託元", found.by_commissioner, found),
        *_split("事業区分", found.by_line, found),
        *_years(found.years),
    ]


def _years(years: list[ProgrammeYear]) -> list[Block]:
    rows = [
        [
            row.title or row.programme.title,
            row.funding or "未設定",
            row.commissioner or "未設定",
            str(row.contractor or NONE),
            f"{row.budget_jpy:,}円" if row.budget_jpy is not None else "未設定",
        ]
        for row in years
    ]
    heads = ["事業・業務名", "財源", "委託元", "受託者", "予算"]
    return [Heading("年度事業", 2), *_table(heads, rows, (4, 3, 3, 3, 2.5), "年度事業の記録はありません。")]
