"""What a council that has just opened does first. What is done shows in its rows; nobody ticks anything."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.ticking import TICK
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.forms.models import Form
from sonjuku.rooms.journal.models import Actor, Beat, Entry
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.actions import put_first_steps
from sonjuku.rooms.people.actions.councils import FIRST_STEPS_AWAY, FIRST_STEPS_BACK
from sonjuku.rooms.people.models import AccessibilityStatement, Council, Membership, Role, TermsVersion
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.dates import day_of
from sonjuku.web.actors import staff
from sonjuku.web.vitals import BACKUP

BACKUP_FRESH = timedelta(days=8)
# Keys of letters that somebody at the desk sent to themselves.
TEST = "first_steps:"


class Step(NamedTuple):
    """`name` is what the page knows it by; `url` "" where somebody outside this site has to do it."""

    name: str
    title: Any
    text: Any
    is_done: bool
    url: str = ""
    label: Any = ""


class FirstSteps(NamedTuple):
    """`is_away`: the secretariat has put the list away."""

    open: list[Step]
    done: list[Step]
    is_away: bool


def first_steps(actor: Actor, council: Council) -> FirstSteps:
    """The steps that this role may take, in the order in which they are best taken. One statement, however many rows."""
    facts = _facts(actor, council)
    steps = [*_itself(facts, council), *_work(facts, council), *_around(facts, council)]
    mine = [step for permission, step in steps if may(actor.role, permission)]
    return FirstSteps(
        [step for step in mine if not step.is_done],
        [step for step in mine if step.is_done],
        facts.steps_verb == FIRST_STEPS_AWAY,
    )


def _facts(actor: Actor, council: Council) -> Any:
    """The council with what the steps ask about it."""
    here, day = {"council": OuterRef("pk")}, day_of(actor.at)
    present = Q(left_on__isnull=True) | Q(left_on__gte=day)
    head = Role.objects.filter(**here, kind=Role.Kind.ADMINISTRATOR, starts_on__lte=day)
    heads = head.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day)).order_by().values("council")
    test = Letter.objects.filter(**here, key__startswith=TEST).order_by("-created_at")
    verbs = Entry.objects.filter(subject_id=OuterRef("pk"), verb__in=[FIRST_STEPS_AWAY, FIRST_STEPS_BACK])
    tick_since = actor.at - timedelta(minutes=settings.TICK_MAX_MINUTES)
    members = Membership.objects.filter(present, **here, joined_on__lte=day).order_by().values("council")
    return Council.objects.annotate(
        members=Subquery(members.annotate(number=Count("pk")).values("number")),
        heads=Subquery(heads.annotate(number=Count("account_id", distinct=True)).values("number")),
        has_programme=Exists(Programme.objects.filter(**here)),
        has_form=Exists(Form.objects.filter(**here)),
        has_call=Exists(Call.objects.filter(**here)),
        has_sent=Exists(Letter.objects.filter(**here, state=Letter.State.SENT)),
        test_state=Subquery(test.values("state")[:1]),
        has_terms=Exists(TermsVersion.objects.filter(**here, valid_from__lte=day)),
        has_statement=Exists(AccessibilityStatement.objects.filter(**here)),
        ticks=Exists(Beat.objects.filter(name=TICK, at__gte=tick_since)),
        backed_up=Exists(Beat.objects.filter(name=BACKUP, at__gte=actor.at - BACKUP_FRESH)),
        steps_verb=Subquery(verbs.order_by("-at", "-id").values("verb")[:1]),
    ).get(pk=council.pk)


Found = list[tuple[str, Step]]


def _page(name: str, council: Council) -> str:
    return reverse(f"staff:{name}", args=[council.slug])


def _itself(facts: Any, council: Council) -> Found:
    """The council as its visitors and its colleagues see it."""
    contact = facts.contact_office and facts.contact_phone
    return [
        ("council.write", Step(
            "about", _("協議会の紹介文を書く"), _("公開ページの最初に出ます。だれのための、何をする協議会かを二、三文で。"),
            bool(facts.description), _page("council", council), _("紹介文を書く"),
        )),
        ("council.write", Step(
            "contact", _("問合せ先を入れる"), _("電話番号と部署は、すべてのページの下と、お知らせの最後に出ます。"),
            bool(contact), _page("council", council), _("問合せ先を入れる"),
        )),
        ("council.write", Step(
            "members", _("構成団体を登録する"), _("市・商工会議所・学校・会社などです。募集をどの団体が受け持つかは、ここから選びます。"),
            (facts.members or 0) >= 2, _page("bodies", council), _("団体を登録する"),
        )),
        ("people.read", Step(
            "heads", _("管理者を二人にする"), _("一人が異動や休みでも、役割を渡せるようにします。"),
            (facts.heads or 0) >= 2, _page("roles", council), _("役割を登録する"),
        )),
    ]  # fmt: skip


def _work(facts: Any, council: Council) -> Found:
    """From the programme to the first call."""
    return [
        ("council.write", Step(
            "programme", _("事業をつくる"), _("募集はどれか一つの事業に入ります。年度の報告は、事業ごとに数えます。"),
            facts.has_programme, _page("programmes", council), _("事業をつくる"),
        )),
        ("forms.write", Step(
            "form", _("申込みの様式をつくる"), _("氏名や連絡先は初めから聞きます。様式に入れるのは、それ以外の質問だけです。"),
            facts.has_form, _page("forms", council), _("様式をつくる"),
        )),
        ("calls.write", Step(
            "call", _("はじめの募集の下書きをつくる"), _("名称・事業・種類・選び方だけで下書きができます。公開するまで、だれにも見えません。"),
            facts.has_call, _page("call_new", council), _("募集をつくる"),
        )),
    ]  # fmt: skip


def _around(facts: Any, council: Council) -> Found:
    """What goes on beside the calls: letters, texts of law, backups."""
    return [
        ("council.write", Step(
            "worker", _("裏の仕事を動かす"), _("受付の開始と締切、お知らせの送信は、サーバーの sonjuku worker が動かします。サーバーの担当者に頼んでください。"),
            facts.ticks,
        )),
        ("council.write", Step("mail", _("お知らせが届くことを確かめる"), _mail_words(facts), facts.has_sent)),
        ("council.write", Step(
            "terms", _("利用規約と個人情報の扱いを載せる"), _("だれが運営し、集めた情報をどう扱うかを、申込みの前に読めるようにします。"),
            facts.has_terms, _page("terms", council), _("文を用意する"),
        )),
        ("council.write", Step(
            "statement", _("アクセシビリティの方針を載せる"), _("目標と、電話や紙での手続きを書きます。試験がまだなら、まだと書きます。"),
            facts.has_statement, _page("accessibility", council), _("方針を書く"),
        )),
        ("council.write", Step(
            "backup", _("バックアップを取る"), _("サーバーの担当者に頼みます。sonjuku backup が終わると、ここから消えます。ほかの方法で取っているときは SONJUKU_BACKUP_NOTE に書きます。"),
            facts.backed_up or bool(settings.BACKUP_NOTE),
        )),
    ]  # fmt: skip


def _mail_words(facts: Any) -> Any:
    if facts.test_state in (Letter.State.FAILED, Letter.State.BOUNCED):
        return _(
            "試しのお知らせを送れませんでした。サーバーの担当者に、EMAIL_URL の設定を確かめてもらってください。"
        )
    if facts.test_state == Letter.State.QUEUED:
        return _("試しのお知らせが送信を待っています。数分たっても変わらなければ、裏の仕事が動いていません。")
    return _("自分あてに一通送ります。届けば、申込者へのお知らせも届きます。")


@staff("council.write")
def change(request: HttpRequest, council: Council) -> HttpResponse:
    """POST `do`: test_letter (to one's own address), put_away or put_back the list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    what = request.POST.get("do")
    if what == "test_letter":
        _send_test(actor, council, request.user.email)  # type: ignore[union-attr]
        words = now("試しのお知らせを %(email)s に送ります。一、二分で届きます。")
        messages.success(request, words % {"email": request.user.email})  # type: ignore[union-attr]
    elif what in ("put_away", "put_back"):
        put_first_steps(by=actor, council=council, away=what == "put_away")
        if what == "put_away":
            messages.success(
                request, now("はじめの準備を片づけました。「協議会」の画面からいつでも戻せます。")
            )
    return redirect("staff:home", council.slug)


def _send_test(by: Actor, council: Council, address: str) -> None:
    """One a minute and account: a second press is the same letter."""
    words = now("このメールが届いたら、お知らせを送る準備はできています。返信は要りません。")
    context = {"subject": now("試しのお知らせ"), "body": words}
    language = "en" if get_language() == "en" else "ja"
    queue(
        by=by, council=council, kind="staff_message", key=f"{TEST}{by.account_id}:{by.at:%Y%m%d%H%M}",
        to_address=address, context=context, path=_page("home", council).removeprefix("/en"), language=language,
    )  # fmt: skip
