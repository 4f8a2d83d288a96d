"""What the desk must see first: what is late, and what waits on whom, each with one way to act."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import disposing
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, Review, SelectionRun
from sonjuku.rooms.credentials.queries import experience, outside
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter, Mailing
from sonjuku.rooms.matching import queries as matching
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Disposal, TermsVersion
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.toolbox.dates import day_of, end_of_day
from sonjuku.web.staff.applicant_inputs import unchecked
from sonjuku.web.staff.letters import letters_of
from sonjuku.web.staff.mailings import mailings_of
from sonjuku.web.staff.rows import waiting_for_guardian, working_calls
from sonjuku.web.templatetags.sonjuku_ui import tr

CLOSING_SOON = timedelta(days=7)
A, C, R = Application.State, Call.State, SelectionRun.State


class Task(NamedTuple):
    """One card: `tone` is late, waiting or empty; `due` an exclusive deadline or None; `thing` has title, title_en."""

    tone: str
    title: Any
    text: Any
    url: str
    label: Any
    due: Any = None
    thing: Any = None


def tasks(actor: Actor, council: Council) -> list[Task]:
    """Late first, then waiting, then the rest; each list in the order of the funnel."""
    found: list[Task] = []
    for permission, find in FINDERS:
        if may(actor.role, permission):
            found += find(actor, council)
    return sorted(found, key=lambda task: ["late", "waiting", ""].index(task.tone))


def _url(name: str, council: Council, *args: Any, query: str = "") -> str:
    return reverse(f"staff:{name}", args=[council.slug, *args]) + (f"?{query}" if query else "")


def _per_call(rows: Any, **extra: Any) -> Any:
    """Rows of applications counted per call, the call's title at hand."""
    return (
        rows.order_by()
        .values(code_=F("call__code"), title=F("call__title"), title_en=F("call__title_en"))
        .annotate(number=Count("id"), **extra)
        .order_by("code_")
    )


def _entries(actor: Actor, council: Council) -> list[Task]:
    rows = _per_call(unchecked(calls.applications_visible_to(actor).filter(state=A.SUBMITTED)))
    return [
        Task(
            "waiting", format_lazy(_("紙の申込みの照合 {number} 件"), number=row["number"]),
            _("入力した人とは別の人が、紙と見くらべます。"),
            _url("applications_of", council, row["code_"], query="channel=unchecked"), _("照合する"), None, row,
        )
        for row in rows
    ]  # fmt: skip


def _guardians(actor: Actor, council: Council) -> list[Task]:
    rows = waiting_for_guardian(calls.applications_visible_to(actor))
    return [
        Task(
            "late" if row["closes"] and row["closes"] <= actor.at else "waiting",
            format_lazy(_("保護者の同意待ち {number} 件"), number=row["number"]),
            _("選んで、保護者に再度ご案内できます。"),
            _url("applications_of", council, row["code_"], query="guardian=waiting"), _("同意待ちの人を見る"), row["closes"], row,
        )
        for row in _per_call(rows, closes=Min("call__closes_at"))
    ]  # fmt: skip


def _offers(actor: Actor, council: Council) -> list[Task]:
    rows = calls.applications_visible_to(actor).filter(state=A.OFFERED)
    return [
        Task(
            "waiting", format_lazy(_("参加の返事待ち {number} 件"), number=row["number"]),
            _("期限を過ぎると、席は次の人に回ります。"),
            _url("applications_of", council, row["code_"], query="state=offered"), _("返事待ちの人を見る"), row["first"], row,
        )
        for row in _per_call(rows, first=Min("confirm_by"))
    ]  # fmt: skip


def _closing(actor: Actor, council: Council) -> list[Task]:
    rows = (
        working_calls(actor)
        .filter(state=C.OPEN, closes_at__lte=actor.at + CLOSING_SOON)
        .order_by("closes_at")
    )
    return [
        Task(
            "",
            _("まもなく締切"),
            _("申込みの数と、まだ済んでいないことを確かめます。"),
            _url("call", council, call.code),
            _("募集を開く"),
            call.closes_at,
            call,
        )
        for call in rows
    ]


def _selecting(actor: Actor, council: Council) -> list[Task]:
    run = SelectionRun.objects.filter(calls=OuterRef("pk"))
    rows = working_calls(actor).filter(
        state=C.CLOSED, selection__in=[Call.Selection.LOTTERY, Call.Selection.RANKED, Call.Selection.REVIEW]
    )
    rows = rows.annotate(
        frozen=Exists(run.filter(state=R.FROZEN)), drawn=Exists(run.filter(state=R.DRAWN)), done=Exists(run.filter(state=R.ANNOUNCED))
    )  # fmt: skip
    found = []
    for call in rows.filter(done=False).order_by("result_on", "code"):
        title: Any = _("資格確認と一覧の固定") if call.uses_draw else _("審査の採点とまとめ")
        text: Any = _("受付が終わりました。選考を始められます。")
        if call.drawn:
            title, text = _("結果の発表"), _("選考は済みました。確かめて発表します。")
        elif call.frozen:
            title, text = _("公表された数での抽選"), tr(call, "seed_source")
        late = call.result_on is not None and call.result_on < day_of(actor.at)
        found.append(
            Task(
                "late" if late else "waiting",
                title,
                text,
                _url("selection", council, call.code),
                _("選考を進める"),
                None,
                call,
            )
        )
    return found


def _certificates(actor: Actor, council: Council) -> list[Task]:
    """Certificates of others that wait for eyes, those that wait for 認定証, and dossiers that are judged."""
    rows = outside.certificates_visible_to(actor)
    claimed, asked = rows.filter(state="claimed").count(), rows.filter(endorsement__state="asked").count()
    found = []
    if claimed:
        title = format_lazy(_("ほかで受けた証明の確認 {number} 件"), number=claimed)
        text = _("紙の証明書は、二人で確かめます。")
        url = _url("certificates", council, query="show=claimed")
        found.append(Task("waiting", title, text, url, _("確かめる")))
    if asked:
        title = format_lazy(_("認定証の申込み {number} 件"), number=asked)
        url = _url("certificates", council, query="show=asked")
        found.append(
            Task("waiting", title, _("確認済みの証明に、認定証を重ねるか決めます。"), url, _("申込みを見る"))
        )
    judged = len(experience.decided(experience.dossiers_visible_to(actor).filter(state="submitted")))
    if judged:
        title = format_lazy(_("判断がそろった実務経験 {number} 件"), number=judged)
        text = _("バッジを渡すか、見送りを知らせます。")
        found.append(Task("waiting", title, text, _url("dossiers", council), _("申請を見る")))
    return found


def _matchings(actor: Actor, council: Council) -> list[Task]:
    """Reports past their day; events whose deadline has passed, up to the announcement."""
    found = []
    late = matching.overdue(matching.introductions_visible_to(actor), day_of(actor.at)).count()
    if late:
        title = format_lazy(_("期限が過ぎた報告 {late} 件"), late=late)
        text = _("紹介した相手との支援の報告です。受け取ったら記録します。")
        found.append(
            Task("late", title, text, _url("introductions", council, query="show=late"), _("紹介と報告"))
        )
    going = (MatchingEvent.State.PUBLISHED, MatchingEvent.State.FROZEN, MatchingEvent.State.DRAWN)
    rows = matching.events_visible_to(actor).filter(state__in=going)
    for event in rows.filter(ranks_by__lte=actor.at).order_by("ranks_by"):
        text = _("希望の順の受付が終わりました。一覧の固定から発表まで進めます。")
        url = _url("matching", council, event.id)
        found.append(Task("waiting", _("マッチングの続き"), text, url, _("進める"), None, event))
    return found


def _drafts(actor: Actor, council: Council) -> list[Task]:
    rows = working_calls(actor).filter(state__in=[C.DRAFT, C.ANNOUNCED])
    found = []
    for call in rows.filter(state=C.ANNOUNCED, opens_at__lte=actor.at):
        text = _("開始の時刻を過ぎましたが、足りないところがあるため始まっていません。")
        found.append(
            Task(
                "late",
                _("始められない募集"),
                text,
                _url("call", council, call.code),
                _("足りないところを見る"),
                None,
                call,
            )
        )
    for call in rows.filter(state=C.DRAFT).order_by("-id")[:5]:
        found.append(
            Task(
                "",
                _("書きかけの募集"),
                _("続きを書いて公開します。"),
                _url("call", council, call.code),
                _("続きを書く"),
                None,
                call,
            )
        )
    return found


UNSENT: dict[str, tuple[str, Any, Any, Any]] = {
    Letter.State.FAILED: (
        "late", _("送れなかったお知らせ {number} 件"), _("宛先を確かめて、もう一度送ります。"), _("確かめる"),
    ),
    Letter.State.BOUNCED: (
        "late", _("相手に届いていないお知らせ {number} 件"), _("電話か郵便で届け、アドレスを確かめます。"), _("確かめる"),
    ),
    Letter.State.HELD: (
        "waiting", _("紙で届けるお知らせ {number} 件"), _("メールアドレスのない人の分です。印刷して届けます。"),
        _("印刷する"),
    ),
}  # fmt: skip


def _letters(actor: Actor, council: Council) -> list[Task]:
    rows = letters_of(actor).filter(state__in=UNSENT).order_by()
    numbers = dict(rows.values_list("state").annotate(n=Count("id")))
    return [
        Task(tone, format_lazy(title, number=numbers[state]), text, _url("letters", council, query=f"state={state}"), label)
        for state, (tone, title, text, label) in UNSENT.items()
        if state in numbers
    ]  # fmt: skip


def _mailings(actor: Actor, council: Council) -> list[Task]:
    return [
        Task(
            "late", _("予約したお知らせを送れませんでした"), _("理由を確かめて、送り直すか片づけます。"),
            _url("mailing", council, row.pk), _("確かめる"), row.due_at,
        )
        for row in mailings_of(actor).filter(state=Mailing.State.REFUSED).order_by("due_at")[:5]
    ]  # fmt: skip


def _reviews(actor: Actor, council: Council) -> list[Task]:
    mine = Review.objects.filter(application=OuterRef("pk"), reviewer_id=actor.account_id)
    rows = calls.applications_for_review(actor).exclude(Exists(mine.filter(submitted_at__isnull=False)))
    number, text = (
        rows.exclude(Exists(mine.filter(has_conflict=True))).count(),
        _("先に利害関係の有無を申告します。"),
    )
    found = []
    if number:
        title = format_lazy(_("採点を待っている申込み {number} 件"), number=number)
        found.append(Task("waiting", title, text, _url("reviews", council), _("採点する")))
    if unjudged := experience.unjudged(actor).count():
        title = format_lazy(_("審査を待っている実務経験 {number} 件"), number=unjudged)
        found.append(Task("waiting", title, text, _url("dossier_reviews", council), _("審査する")))
    return found


def _articles(actor: Actor, council: Council) -> list[Task]:
    found = []
    if number := newsroom.waiting(actor).count():
        title = format_lazy(_("承認待ちの記事 {number} 件"), number=number)
        text = _("構成団体が出した記事です。確かめて、公開するか差し戻します。")
        found.append(
            Task("waiting", title, text, _url("news", council, query="show=waiting"), _("記事を確かめる"))
        )
    for article in newsroom.returned(actor).order_by("-id")[:5]:
        text = _("事務局から差し戻されました。理由を読んで直します。")
        url = _url("article", council, article.id)
        found.append(Task("waiting", _("差し戻された記事"), text, url, _("理由を見る"), None, article))
    return found


def _requests(actor: Actor, council: Council) -> list[Task]:
    """Requests about personal data: those past their last day, and the rest."""
    rows, today = people.open_requests(actor), day_of(actor.at)
    late = rows.filter(due_on__lt=today).count()
    first = rows.filter(due_on__gte=today).first()
    number = rows.count() - late
    url, label = _url("privacy", council), _("請求を見る")
    found = []
    if late:
        title = format_lazy(_("期限を過ぎた個人情報の請求 {number} 件"), number=late)
        found.append(Task("late", title, _("回答がまだです。すぐに対応してください。"), url, label))
    if number:
        title = format_lazy(_("個人情報の請求 {number} 件"), number=number)
        due = end_of_day(first.due_on) if first and first.due_on else None
        text = _("本人確認をして、期限までに回答します。")
        found.append(Task("waiting", title, text, url, label, due))
    return found


def _disposals(actor: Actor, council: Council) -> list[Task]:
    """What is past its retention period and waits for an approval."""
    number = disposing.disposals_of(actor).filter(state=Disposal.State.PROPOSED).count()
    if not number:
        return []
    title = format_lazy(_("廃棄の決裁待ち {number} 件"), number=number)
    text = _("保存期間が過ぎました。何が消えるかを確かめて、決裁か延長を記録します。")
    return [Task("waiting", title, text, _url("disposals", council), _("廃棄を確かめる"))]


def _agreements(actor: Actor, council: Council) -> list[Task]:
    """Agreements that have ended, or reach a lead time, with nothing recorded about what follows."""
    today, label = day_of(actor.at), _("協定を開く")
    text = _("更新するか、しないかを記録します。")
    found = [
        Task(
            "late", _("協定の期間が終わりました"), text, _url("agreement", council, row.id), label, None, row
        )
        for row in programmes.ended(council, today)
    ]
    for alert in programmes.alerts(council, today):
        title = format_lazy(_("協定の期間があと {days} 日で終わります"), days=alert.days_left)
        url = _url("agreement", council, alert.agreement.id)
        found.append(Task("waiting", title, text, url, label, None, alert.agreement))
    return found


def _terms(actor: Actor, council: Council) -> list[Task]:
    """A council that takes applications should say under which terms."""
    if set(privacy_queries.terms_in_force(council, day_of(actor.at))) == set(TermsVersion.Kind.values):
        return []
    # Until it has called for anything, the first steps say so.
    if not Call.objects.filter(council=council).exclude(state=Call.State.DRAFT).exists():
        return []
    text = _("見本を直して、効き始める日を決めます。それまで、申込みのときに規約への同意は求めません。")
    return [Task("", _("規約がそろっていません"), text, _url("terms", council), _("規約をつくる"))]


def _narrow(name: str, title: Any, text: Any, label: Any) -> Callable[[Actor, Council], list[Task]]:
    """A standing card for roles that have nothing but one page."""

    def find(actor: Actor, council: Council) -> list[Task]:
        return [] if may(actor.role, "calls.read") else [Task("", title, text, _url(name, council), label)]

    return find


FINDERS: list[tuple[str, Callable[[Actor, Council], list[Task]]]] = [
    ("applications.read", _entries),
    ("applications.read", _guardians),
    ("applications.read", _offers),
    ("selection.run", _selecting),
    ("selection.run", _matchings),
    ("applications.write", _certificates),
    ("calls.write", _drafts),
    ("calls.read", _closing),
    ("letters.read", _letters),
    ("letters.read", _mailings),
    ("news.write", _articles),
    ("selection.review", _reviews),
    ("privacy.write", _requests),
    ("council.write", _agreements),
    ("privacy.write", _disposals),
    ("privacy.write", _terms),
    (
        "school.read",
        _narrow(
            "school", _("自校の生徒の状況"), _("状況の提供に同意した生徒だけが見えます。"), _("状況を見る")
        ),
    ),
    (
        "aggregates.read",
        _narrow(
            "aggregates",
            _("市町村ごとの集計"),
            _("人数だけが見えます。5人に満たない数は出しません。"),
            _("集計を見る"),
        ),
    ),
]
