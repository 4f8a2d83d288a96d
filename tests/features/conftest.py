"""The councils of the sources, imported once for all tests of this folder; each test's own writes are rolled back."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from sonjuku.flows.importing import import_council
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Body, Council, Person, Role
from sonjuku.rooms.vocabulary.actions import load_vocabulary
from sonjuku.web.actors import DEMO_CAST

DEMO = Path(settings.BASE_DIR) / "demo"
SLUGS = ("hagi", "hokkaido", "tsuyama", "aomori", "saikai")
PROFILE = {
    "family_name": "見本",
    "given_name": "花子",
    "family_name_kana": "ミホン",
    "given_name_kana": "ハナコ",
    "date_of_birth": dt.date(1990, 5, 5),
    "lg_code": "352047",
    "school_stage": "none",
}


@pytest.fixture(scope="package")
def _imported(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """One open transaction around the folder: every test is a savepoint in it, and nothing stays behind."""
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("ja"):
        by = Actor(at=timezone.now(), role="system")
        load_vocabulary(by=by)
        for slug in SLUGS:
            import_council(DEMO / f"{slug}.yaml", by=by, today=timezone.localdate(), demo=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def now() -> dt.datetime:
    """Live calls are dated from today, so these tests run on the real clock."""
    return timezone.now()


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def hagi(_imported: None, db: Any) -> Council:
    return Council.objects.get(slug="hagi")


@pytest.fixture
def hokkaido(_imported: None, db: Any) -> Council:
    return Council.objects.get(slug="hokkaido")


@pytest.fixture
def tsuyama(_imported: None, db: Any) -> Council:
    return Council.objects.get(slug="tsuyama")


@pytest.fixture
def aomori(_imported: None, db: Any) -> Council:
    return Council.objects.get(slug="aomori")


@pytest.fixture
def saikai(_imported: None, db: Any) -> Council:
    return Council.objects.get(slug="saikai")


@pytest.fixture
def call_of() -> Any:
    return lambda council, code: Call.objects.get(council=council, code=code)


@pytest.fixture
def read(client: Client) -> Any:
    """The words of a page that anybody may read."""

    def words(path: str) -> str:
        response = client.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    return words


@pytest.fixture
def officer(now: dt.datetime) -> Any:
    """Someone with a role for one of the council's bodies: an account and its actor."""

    def make(council: Council, body: Body, kind: str = Role.Kind.SECRETARIAT, **fields: Any) -> Any:
        number = Account.objects.count()
        account = Account.objects.create_user(f"officer{number}@example.jp", "correct horse battery")
        fields.setdefault("starts_on", dt.date(2020, 4, 30))
        role = Role.objects.create(council=council, body=body, account=account, kind=kind, **fields)
        actor = Actor(at=now, role=kind, body_id=body.id, council_id=council.id, account_id=account.id)
        return account, actor, role

    return make


@pytest.fixture
def desk(officer: Any) -> Any:
    """The actor of a secretariat that hosts the council's calls."""

    def make(council: Council) -> Actor:
        host = Body.objects.filter(council=council).order_by("id").first()
        return officer(council, host)[1]

    return make


@pytest.fixture
def member(now: dt.datetime) -> Any:
    """A new account and its actor."""

    def make(at: dt.datetime | None = None) -> tuple[Account, Actor]:
        number = Account.objects.count()
        account = Account.objects.create_user(f"member{number}@example.jp", "correct horse battery")
        return account, Actor(at=at or now, role="member", account_id=account.id)

    return make


@pytest.fixture
def apply(member: Any) -> Any:
    """A new member applies, with `profile` over an adult of Hagi."""
    from sonjuku.flows import applying

    def make(call: Call, at: dt.datetime | None = None, profile: Any = None, **fields: Any) -> Any:
        account, by = member(at)
        return applying.apply(
            by=by,
            call=call,
            account=account,
            profile={**PROFILE, **(profile or {})},
            consents={"application"},
            **fields,
        )

    return make


@pytest.fixture
def person_of() -> Any:
    def make(council: Council, **fields: Any) -> Person:
        return Person.objects.create(council=council, **{**PROFILE, **fields})

    return make


@pytest.fixture
def log_in() -> Any:
    """A browser of this account whose second factor is taken as given."""

    def make(account: Account) -> Client:
        browser = Client()
        browser.force_login(account)
        session = browser.session
        session[DEMO_CAST] = "staff"
        session.save()
        return browser

    return make
