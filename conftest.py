"""Shared cast and settings of all tests: a council, its secretariat, a stranger who must always be refused."""

import os

os.environ.setdefault("SONJUKU_TESTING", "1")

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="leave out what never asks the database")


# Before the hook of pytest-xdist, which reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Races run in one process: two at once would ask PostgreSQL for more connections than its usual hundred."""
    for item in items:
        if item.get_closest_marker("race"):
            item.add_marker(pytest.mark.xdist_group("races"))
    if config.getoption("--only-database"):
        items[:] = [item for item in items if _asks_the_database(item)]


def _asks_the_database(item: Any) -> bool:
    return bool(item.get_closest_marker("django_db")) or bool(DATABASE_FIXTURES & set(item.fixturenames))


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }


@pytest.fixture(autouse=True)
def _in_japanese() -> Any:
    """A page visited in English leaves English switched on; each test begins in the product's own language."""
    from django.utils import translation

    with translation.override("ja"):
        yield


@pytest.fixture
def at() -> dt.datetime:
    return dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def system(at: dt.datetime) -> Any:
    from sonjuku.rooms.journal.models import Actor

    return Actor(at=at, role="system")


@pytest.fixture
def make_account(db: Any) -> Callable[..., Any]:
    from sonjuku.rooms.people.models import Account

    def make(email: str = "hanako@example.jp", **fields: Any) -> Any:
        return Account.objects.create_user(email, "correct horse battery", **fields)

    return make


def _council(slug: str, title: str, lg_code: str) -> Any:
    from sonjuku.rooms.people.models import Body, Council, Membership

    council = Council.objects.create(
        slug=slug, title=title, title_en=f"{slug.title()} Council", lg_code=lg_code
    )
    body = Body.objects.create(council=council, type=Body.Type.COUNCIL, name=title)
    Membership.objects.create(council=council, body=body, joined_on=dt.date(2020, 4, 30))
    council.host = body
    return council


@pytest.fixture
def council(db: Any) -> Any:
    """Hagi's council; `council.host` is the body that hosts its calls."""
    return _council("hagi", "萩グローバルIT人材育成協議会", "352047")


@pytest.fixture
def other_council(db: Any) -> Any:
    return _council("aomori", "あおもり協議会", "020001")


@pytest.fixture
def make_staff(db: Any, at: dt.datetime) -> Callable[..., Any]:
    """An account that holds `kinds` for `body` since 2020."""
    from sonjuku.rooms.people.models import Account, Role

    def make(council: Any, email: str, *kinds: str, body: Any = None) -> Any:
        account = Account.objects.create_user(email, "correct horse battery")
        for kind in kinds or ("secretariat",):
            Role.objects.create(
                council=council,
                body=body or council.host,
                account=account,
                kind=kind,
                starts_on=dt.date(2020, 4, 30),
            )
        return account

    return make


@pytest.fixture
def staff_account(council: Any, make_staff: Any) -> Any:
    return make_staff(council, "desk@hagi.example.jp", "secretariat", "administrator")


@pytest.fixture
def secretariat(council: Any, staff_account: Any, at: dt.datetime) -> Any:
    from sonjuku.rooms.journal.models import Actor

    return Actor(
        at=at, role="secretariat", body_id=council.host.id, council_id=council.id, account_id=staff_account.id
    )


@pytest.fixture
def make_person(db: Any) -> Callable[..., Any]:
    from sonjuku.rooms.people.models import Person

    count = 0

    def make(council: Any, **fields: Any) -> Any:
        nonlocal count
        count += 1
        base: dict[str, Any] = {
            "family_name": "見本",
            "given_name": f"花子{count}",
            "family_name_kana": "ミホン",
            "given_name_kana": "ハナコ",
            "date_of_birth": dt.date(1990, 5, 5),
            "lg_code": "352047",
            "email": f"person{count}@example.jp",
        }
        return Person.objects.create(council=council, **{**base, **fields})

    return make


@pytest.fixture
def make_call(db: Any, at: dt.datetime) -> Callable[..., Any]:
    """A call complete enough to open, hosted by `council.host`; `capacity` makes one seat pool."""
    from sonjuku.rooms.calls.models import Call, CallBody, SeatPool, SelectionRun
    from sonjuku.rooms.programmes.models import BusinessLine, Programme

    count = 0

    def make(council: Any, *, capacity: int = 3, host: Any = None, **fields: Any) -> Any:
        nonlocal count
        count += 1
        line, _ = BusinessLine.objects.get_or_create(
            council=council, slug="training", defaults={"ordinal": 3, "title": "IT人材育成事業"}
        )
        programme, _ = Programme.objects.get_or_create(
            council=council, slug="juku", defaults={"business_line": line, "title": "萩IT松下村塾"}
        )
        base: dict[str, Any] = {
            "code": f"call-{count}",
            "kind": Call.Kind.COURSE,
            "title": "ITパスポート講座",
            "title_en": "IT Passport course",
            "opens_at": at - dt.timedelta(days=5),
            "closes_at": at + dt.timedelta(days=5),
            "starts_on": dt.date(2026, 12, 14),
            "ends_on": dt.date(2027, 3, 14),
            "venue": "萩市民館",
            "fee_jpy": 0,
            "result_on": dt.date(2026, 12, 7),
            "purpose_of_use": "講座の運営と連絡のため",
            "data_controller": council.host,
            "contact_office": "企業誘致推進課",
            "contact_phone": "0838-00-0000",
            "contact_hours": "平日8:30〜17:15",
            "selection": Call.Selection.LOTTERY,
            "seed_source": "12月4日の公開の数",
            "check_days": 0,
        }
        call = Call.objects.create(council=council, programme=programme, **{**base, **fields})
        CallBody.objects.create(call=call, body=host or council.host, role=CallBody.Role.HOST)
        SeatPool.objects.create(call=call, capacity=capacity)
        if call.uses_draw and call.state in {"open", "closed"}:
            # As if it had been opened: its rules are published at the freeze.
            run = {"seed_source": call.seed_source, "check_days": call.check_days, "title": call.title}
            call.selection_run = SelectionRun.objects.create(council=council, **run)
            call.save()
        return call

    return make
