import re
import unicodedata
from dataclasses import fields
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sonjuku.flows.importing import ImportProblems
from sonjuku.flows.importing.reading import read
from sonjuku.flows.opening import Member, Opened, Opening, open_council
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Body
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.management.opening import QUESTIONS, Question, Unclear, type_list

YES = {"y", "yes", "はい", "h", "ｙ"}


class Command(BaseCommand):
    help = "Open a council of your own: asks one thing at a time, then makes it all at once (docs/operate/first-council.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=["ja", "en"], default="ja", help="of the questions")
        parser.add_argument(
            "--answers", type=Path, metavar="FILE.yaml", help="answers by name, instead of asking"
        )
        parser.add_argument("--yes", action="store_true", help="don't ask before writing")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                self._open(options)
            except (KeyboardInterrupt, EOFError):
                raise CommandError(_("途中でやめました。何も書き込んでいません。")) from None

    def _open(self, options: dict[str, Any]) -> None:
        answers = self._from_file(options["answers"]) if options["answers"] else self._ask_all()
        self._summary(answers)
        while not options["yes"] and not self._agrees(answers):
            self._summary(answers)
        answers["lg_code"] = answers.pop("municipality")
        known = {field.name for field in fields(Opening)}
        opening = Opening(**{name: value for name, value in answers.items() if name in known and value})
        by = Actor(at=timezone.now(), role="system")
        try:
            with transaction.atomic():
                opened = open_council(by=by, opening=opening, language=options["language"])
                _may_log_in(opened.account)
        except Refused as refused:
            raise CommandError(f"{refused.message}{refused.next_step}") from None
        except ImportProblems as found:
            lines = "\n".join(f"  {problem}" for problem in found.problems)
            words = _("取り込めませんでした。直すところ：")
            raise CommandError(f"{words}\n{lines}") from None
        self._what_now(opened)

    def _agrees(self, answers: dict[str, Any]) -> bool:
        """True for yes. A number asks that question again and gives False; anything else ends it all."""
        question = _("この内容で協議会を開きますか（はい／いいえ／直す項目の番号）")
        said = unicodedata.normalize("NFKC", input(f"\n{question}: ")).strip().lower()
        if said.isdecimal() and 1 <= int(said) <= len(QUESTIONS):
            again = QUESTIONS[int(said) - 1]
            answers[again.name] = self._ask_one(again, int(said))
            return False
        if said not in YES:
            raise CommandError(_("やめました。何も書き込んでいません。"))
        return True

    # Asking

    def _ask_all(self) -> dict[str, Any]:
        self.stdout.write(_("あなたの協議会を開きます。14の質問に答えると、最後にまとめて登録します。"))
        self.stdout.write(_("途中でやめるときは Ctrl+C を押してください。それまで何も書き込みません。"))
        self.stdout.write(_("書きまちがえても、最後に一つずつ直せます。"))
        return {
            question.name: self._ask_one(question, number) for number, question in enumerate(QUESTIONS, 1)
        }

    def _ask_one(self, question: Question, number: int) -> Any:
        return self._ask_many(question, number) if question.many else self._ask(question, number)

    def _explain(self, question: Question, number: int) -> None:
        self.stdout.write(f"\n[{number}/{len(QUESTIONS)}] {question.label}")
        self.stdout.write(f"  {question.why}")
        if question.name == "members":
            self.stdout.write(f"  {type_list()}")
        self.stdout.write("  " + _("例：%(example)s") % {"example": question.example})

    def _ask(self, question: Question, number: int) -> Any:
        self._explain(question, number)
        while True:
            answer = input("> ").strip()
            if not answer and not question.is_required:
                return ""
            value = self._taken(question, answer)
            if value is not None:
                return value

    def _ask_many(self, question: Question, number: int) -> list[Any]:
        self._explain(question, number)
        values: list[Any] = []
        while True:
            answer = input("> ").strip()
            if not answer and (values or not question.is_required):
                return values
            value = self._taken(question, answer)
            if value is not None:
                values.append(value)

    def _taken(self, question: Question, answer: str) -> Any:
        """The value, or None after saying why there is none."""
        if not answer:
            self.stdout.write("  " + _("ここは必要です。入力してください。"))
            return None
        try:
            return question.parse(answer)
        except Unclear as error:
            self.stdout.write(f"  {error.words}")
            return None

    # From a file

    def _from_file(self, path: Path) -> dict[str, Any]:
        try:
            given = dict(read(path))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        except ImportProblems as found:
            raise CommandError("\n".join(map(str, found.problems))) from None
        unknown = _("この項目はありません。")
        wrong = [f"{name}: {unknown}" for name in given.keys() - {question.name for question in QUESTIONS}]
        answers: dict[str, Any] = {}
        for question in QUESTIONS:
            try:
                answers[question.name] = _given(question, given.get(question.name, ""))
            except Unclear as error:
                wrong.append(f"{question.name}: {error.words}")
        if wrong:
            raise CommandError("\n".join([*wrong, _("何も書き込んでいません。")]))
        return answers

    # Telling

    def _summary(self, answers: dict[str, Any]) -> None:
        self.stdout.write("\n" + _("登録する内容"))
        for number, question in enumerate(QUESTIONS, 1):
            value = answers[question.name]
            shown = "、".join(map(_shown, value)) if isinstance(value, list) else _shown(value, question)
            # What an empty answer would do is of use while asking only.
            label = re.sub(r"[（(].*[）)]$", "", str(question.label)).strip()
            self.stdout.write(f"  {number:2} {label}: {shown or '—'}")

    def _what_now(self, opened: Opened) -> None:
        slug = opened.council.slug

        def page(name: str, *parts: str) -> str:
            return settings.SITE_URL + reverse(name, args=parts)

        lines = [
            "",
            _("協議会を開きました：%(url)s") % {"url": page("public:council", slug)},
            "",
            _("はじめてのログイン（管理者 %(email)s）") % {"email": opened.account.email},
            "  1. "
            + _("%(url)s を開き、メールアドレスを入れます。パスワードはありません。")
            % {"url": page("account_request_login_code")},
            "  2. "
            + _(
                "届いたメールの8桁の番号を入れます。届かないときは、サーバーの EMAIL_URL を確かめてください。"
            ),
            "  3. "
            + _("%(url)s で、使い捨ての番号を紙に印刷します。事務局に入るための、二つ目の確認になります。")
            % {"url": page("print_codes")},
            "  4. " + _("%(url)s が事務局です。") % {"url": page("staff:home", slug)},
            "",
            _("つぎにすること"),
            "  " + _("事務局の最初の画面の「はじめの準備」が、残りを順に案内します。"),
            "  " + _("締切やお知らせは裏の仕事が動かします。sonjuku worker を動かしてください。"),
        ]
        self.stdout.write("\n".join(lines))


def _may_log_in(account: Account) -> None:
    """The code that is mailed proves the address; without this row a second code would be asked for."""
    EmailAddress.objects.get_or_create(
        user=account, email=account.email, defaults={"verified": True, "primary": True}
    )


def _given(question: Question, value: Any) -> Any:
    """The value in a file; `members` may be `1 萩市` or `{type: municipality, name: 萩市}`."""
    if question.many:
        rows = value if isinstance(value, list) else [value] if value else []
        if question.is_required and not rows:
            raise Unclear(_("ここは必要です。入力してください。"))
        return [question.parse(_line(row)) for row in rows]
    answer = value.strip() if isinstance(value, str) else ""
    if not answer:
        if question.is_required:
            raise Unclear(_("ここは必要です。入力してください。"))
        return ""
    return question.parse(answer)


def _line(row: Any) -> str:
    return f"{row.get('type', '')} {row.get('name', '')}" if isinstance(row, dict) else str(row)


def _shown(value: Any, question: Question | None = None) -> str:
    if isinstance(value, Member):
        return f"{value.name}（{Body.Type(value.type).label}）"
    return question.name_of(value) if question and value else str(value)
