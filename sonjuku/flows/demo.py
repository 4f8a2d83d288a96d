"""Filling an empty database with the demo: the councils of the sources, a cast, and made-up people."""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q

from sonjuku.flows import demo_badges, demo_matching, demo_news
from sonjuku.flows import demo_scenes as scenes
from sonjuku.flows.demo_people import (
    CAST,
    DESKS,
    DOMAIN,
    ROLES_SINCE,
    Cast,
    body,
    make_account,
    make_member,
    staff,
)
from sonjuku.flows.demo_scenes import SHIBUYA, Stage
from sonjuku.flows.demo_talent import AOMORI, HOKKAIDO, past_learners
from sonjuku.flows.importing import import_council
from sonjuku.flows.releasing import release_due
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.actions import grant_role
from sonjuku.rooms.people.models import Account, Council, Role
from sonjuku.rooms.vocabulary.actions import load_vocabulary
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

__all__ = ["CAST", "Cast", "cast_account", "load_demo"]

FOLDER = Path(__file__).resolve().parent.parent.parent / "demo"
# A child council comes after its parent.
COUNCILS = ("hagi", "hokkaido", "kitami", "tsuyama", "aomori", "saikai")


def cast_account(key: str) -> Account | None:
    """The demo account behind a key of CAST; None where the demo is not loaded."""
    email = next((member.email for member in CAST if member.key == key), "")
    return Account.objects.filter(email=email, is_demo=True).first()


def load_demo(*, at: datetime, folder: Path = FOLDER) -> dict[str, Council]:
    """Load everything in one transaction, dated relative to `at`. Refused("not_a_demo") if a real council is there,
    "already_loaded" if the demo is."""
    if Council.objects.filter(is_demo=False).exists():
        raise Refused("not_a_demo", "This database has real councils.", "Use an empty database.")
    if Council.objects.exists():
        raise Refused("already_loaded", "The demo is already loaded.", "Start anew with an empty database.")
    by = Actor(at=at, role="system")
    with transaction.atomic():
        load_vocabulary(by=by)
        found = {}
        for slug in COUNCILS:
            report = import_council(folder / f"{slug}.yaml", by=by, today=day_of(at), demo=True)
            assert report.council is not None
            found[slug] = report.council
        desks = _cast(by, found)
        _play(at, found, desks)
        _as_if_sent(at)
    return found


def _cast(by: Actor, councils: dict[str, Council]) -> dict[str, Role]:
    """The accounts and roles; returns each council's desk role."""
    desks = {}
    for member in CAST:
        account = make_account(member.email)
        if not member.role:
            continue
        where = body(councils[member.council], member.body)
        role = grant_role(by=by, account=account, body=where, kind=member.role, starts_on=ROLES_SINCE)
        if member.role == Role.Kind.SECRETARIAT and member.council not in desks:
            desks[member.council] = role
            grant_role(
                by=by, account=account, body=where, kind=Role.Kind.ADMINISTRATOR, starts_on=ROLES_SINCE
            )
    for slug, named in DESKS.items():
        account, where = make_account(f"{slug}-desk@{DOMAIN}"), body(councils[slug], named)
        for kind in (Role.Kind.ADMINISTRATOR, Role.Kind.SECRETARIAT):
            desks[slug] = grant_role(by=by, account=account, body=where, kind=kind, starts_on=ROLES_SINCE)
    return desks


def _play(at: datetime, councils: dict[str, Council], desks: dict[str, Role]) -> None:
    today = day_of(at)
    learner = make_member(
        f"learner@{DOMAIN}",
        given=("花子", "ハナコ"),
        born=today - timedelta(days=365 * 17 + 100),
        lg_code=scenes.HAGI,
        stage="high",
        audience="student_high",
    )
    learner.guardian = make_account(f"guardian@{DOMAIN}")
    engineer = make_member(
        f"engineer@{DOMAIN}",
        given=("太郎", "タロウ"),
        born=today - timedelta(days=365 * 31),
        lg_code=SHIBUYA,
        audience="worker_it",
    )
    stages = {slug: Stage(council, at, staff(desks[slug], at)) for slug, council in councils.items()}
    scenes.hagi(stages["hagi"], learner)
    scenes.hokkaido(stages["hokkaido"])
    demo_matching.gather(stages["hokkaido"], engineer)
    scenes.kitami(stages["kitami"])
    scenes.tsuyama(stages["tsuyama"], engineer)
    scenes.aomori(stages["aomori"], engineer)
    scenes.saikai(stages["saikai"])
    demo_badges.recognise(stages["aomori"], engineer)
    for slug in demo_news.STORIES:
        demo_news.tell(stages[slug])
    past_learners(stages["hokkaido"], HOKKAIDO)
    past_learners(stages["aomori"], AOMORI)
    release_due(by=Actor(at=at, role="system"))


def _as_if_sent(at: datetime) -> None:
    """Letters to the crowd, and old ones, count as sent: the demo's inbox then holds what is new to the cast."""
    cast = [member.email for member in CAST]
    waiting = Letter.objects.filter(state=Letter.State.QUEUED)
    old = Q(due_at__lt=at - timedelta(days=3)) | ~Q(to_address__in=cast)
    waiting.filter(old).update(state=Letter.State.SENT, sent_at=F("due_at"))
