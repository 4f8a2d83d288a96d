"""The FAX form: its rows in order, and the codes of single sheets.

A sheet's code says which application it will become, without a row in the database: the id of the application is made
from call and code. Before the entry the code leads to the entry page, afterwards to the application.
"""

import re
import uuid
from dataclasses import dataclass

from sonjuku.flows.papers.saying import in_japanese
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.queries import drawn_together
from sonjuku.rooms.calls.rules import MOST_WISHES
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.ids import normalise_code, receipt_code

# The order of the person's rows on paper; the entry page asks in the same order.
PERSON_ORDER = (
    *("family_name_kana", "given_name_kana", "family_name", "given_name", "date_of_birth"),
    *(
        "postal_code",
        "address",
        "lg_code",
        "school_stage",
        "school",
        "audience",
        "employer",
        "email",
        "phone",
    ),
)
FORM_TITLES = {Call.Noun.MOUSHIKOMI: "申込書", Call.Noun.OUBO: "応募書", Call.Noun.SHINSEI: "申請書"}
MOST_SHEETS = 50
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
Kind = Question.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the form: what is asked, how much room to write, or what to tick. `names`: the entry page's fields."""

    label: str
    names: tuple[str, ...]
    choices: tuple[str, ...] = ()
    tall: bool = False
    help: str = ""


@in_japanese
def person_lines(call: Call) -> list[Line]:
    stages = tuple(str(label) for _value, label in Person.SchoolStage.choices)
    lines = [
        Line("フリガナ", ("family_name_kana", "given_name_kana")),
        Line("氏名", ("family_name", "given_name")),
        Line(
            "生年月日", ("date_of_birth",), ("昭和", "平成", "令和", "西暦"), help="　　　年　　　月　　　日"
        ),
        Line("郵便番号・住所", ("postal_code", "address"), tall=True, help="〒"),
        Line("在学の状況", ("school_stage",), stages),
        Line("学校", ("school",)),
        Line("当てはまる立場", ("audience",), tuple(a.title for a in call.audiences.all())),
        Line("勤め先", ("employer",)),
        Line("メールアドレス", ("email",)),
        Line("電話番号", ("phone",)),
    ]
    return [*lines, *_option_lines(call), *_rank_lines(call)]


def _option_lines(call: Call) -> list[Line]:
    """One box per option; where they are ranked, a row per wish, in which the option's number is written."""
    options = tuple(dict.fromkeys(pool.option or "区分なし" for pool in call.seat_pools.all()))
    if len(options) < 2:
        return []
    if call.selection != Call.Selection.RANKED:
        return [Line("選ぶ区分", ("option",), options)]
    numbered = "　".join(f"{number} {option}" for number, option in enumerate(options, start=1))
    asked = [
        Line(f"第{place}希望", (f"wish_{place}",), help="番号")
        for place in range(1, min(len(options), MOST_WISHES) + 1)
    ]
    return [Line("希望の順（番号で。一つだけでも構いません）", (), help=numbered), *asked]


def _rank_lines(call: Call) -> list[Line]:
    """Of calls that are drawn together: which place this one has among the wishes."""
    together = drawn_together(call)
    if len(together) < 2:
        return []
    titles = "、".join(one.title for one in together)
    return [
        Line("一緒に選ぶ募集", (), help=f"{titles}。席が決まるのは、この中で一つまでです。"),
        Line("この募集は", ("wish_rank",), tuple(f"第{place}希望" for place in range(1, len(together) + 1))),
    ]


def question_lines(call: Call) -> list[Line]:
    """The call's questions as rows, in the form's order; headings stand alone, without room to write."""
    if call.form_version is None:
        return []
    return [_question(row) for row in call.form_version.questions.all()]


def _question(row: Question) -> Line:
    choices = tuple(str(option["title"]) for option in row.options)
    if row.kind == Kind.CONSENT:
        choices = ("同意する",)
    if row.kind == Kind.FILE:
        return Line(row.title, (row.key,), ("別に添えて送る",), help=row.help_text)
    tall = row.kind in {Kind.LONG_TEXT, Kind.ADDRESS}
    names = () if row.kind == Kind.HEADING else (row.key,)
    return Line(row.title, names, choices, tall=tall, help=row.help_text)


def guardian_lines() -> list[Line]:
    return [
        Line("保護者の氏名", ("guardian_name",)),
        Line("続柄", ("guardian_relation",)),
        Line("保護者のメールアドレス", ("guardian_email",)),
        Line("保護者の電話番号", ("guardian_phone",)),
        Line("保護者の署名", ("guardian_paper",), tall=True, help="参加と個人情報の取扱いに同意します。"),
    ]


# Codes


def new_codes(number: int) -> list[str]:
    """Codes of as many single sheets; nothing is stored."""
    return [receipt_code() for _sheet in range(max(0, min(number, MOST_SHEETS)))]


def read_code(text: str) -> str:
    """A sheet's or a receipt's code as typed, tidied; "" where it can be none."""
    code = normalise_code(text)
    return code if _CODE.fullmatch(code) else ""


def entry_id(call: Call, code: str) -> uuid.UUID:
    """The id that the application of this sheet has, or will have."""
    return uuid.uuid5(call.id, code)


def application_of(call: Call, code: str) -> Application | None:
    """The application entered from this sheet, or that has this receipt code; within the call."""
    rows = Application.objects.filter(call=call).select_related("person")
    return rows.filter(pk=entry_id(call, code)).first() or rows.filter(code=code).first()
