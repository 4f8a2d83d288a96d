import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import releasing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import ShortCode
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Body, Membership
from sonjuku.rooms.programmes.models import Agreement, BusinessLine, Party, Programme, ProgrammeYear
from sonjuku.toolbox.colours import contrast
from sonjuku.web.public.tests.looking import HOST, page, text_of

pytestmark = pytest.mark.django_db


# The installation


def test_front_page_leads_to_every_council_and_counts_open_calls(client, council, other_council, live_call):
    live_call()
    live_call(state="draft")
    body = page(client, "home").content.decode()
    assert f'href="{reverse("public:council", args=["hagi"])}"' in body
    assert f'href="{reverse("public:council", args=["aomori"])}"' in body
    assert "受付中の募集 1 件" in body
    assert "だれかになって試す" not in body  # no cast outside the demo


def test_unknown_council_is_not_found(client):
    for name in ("council", "calls", "about", "privacy", "accessibility", "colours"):
        assert page(client, name, "nowhere").status_code == 404


def test_english_lives_under_en(client, council, live_call):
    live_call()
    for name in ("home", "k"):
        assert '<html lang="en">' in client.get(f"/en{reverse(f'public:{name}')}", **HOST).content.decode()
    answer = client.get("/en/c/hagi/calls/call-1/", **HOST).content.decode()
    assert "IT Passport course" in answer


def test_colours_are_the_councils_own_legible_and_cacheable(client, council, other_council):
    council.colour = "#ffee00"  # far too light for white text
    council.save()
    answer = page(client, "colours", "hagi")
    assert answer["Content-Type"].startswith("text/css")
    assert "max-age" in answer["Cache-Control"]
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", answer.content.decode()))
    assert contrast(tokens["key"], tokens["on-key"]) >= 4.5
    every = page(client, "all_colours").content.decode()
    assert ".of-hagi {" in every
    assert ".of-aomori {" in every


def test_robots_are_kept_out_of_what_is_personal(client, settings):
    settings.DEMO = False
    lines = page(client, "robots").content.decode().splitlines()
    assert {"Disallow: /me/", "Disallow: /en/me/", "Disallow: /g/"} <= set(lines)
    assert "Disallow: /" not in lines
    settings.DEMO = True
    assert "Disallow: /" in page(client, "robots").content.decode().splitlines()


# Typed codes


@pytest.fixture
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


def test_a_typed_code_leads_to_its_page(client, fresh_cache):
    ShortCode.objects.create(code="AB2CD3", path="/me/")
    answer = client.post(reverse("public:k"), {"code": "ab2 cd3"}, **HOST)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/"])
def test_a_code_never_leads_off_the_site(client, fresh_cache, path):
    ShortCode.objects.create(code="AB2CD3", path=path)
    assert client.post(reverse("public:k"), {"code": "AB2CD3"}, **HOST).status_code == 400


def test_wrong_and_expired_codes_are_told_and_guessing_is_stopped(client, fresh_cache):
    ShortCode.objects.create(code="AB2CD3", path="/me/", expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = client.post(reverse("public:k"), {"code": "AB2CD3"}, **HOST)
    assert answer.status_code == 400
    assert "見つかりません" in answer.content.decode()
    for _ in range(19):
        assert client.post(reverse("public:k"), {"code": "ZZZZZZ"}, **HOST).status_code == 400
    ShortCode.objects.create(code="QQ2QQ3", path="/me/")
    assert client.post(reverse("public:k"), {"code": "QQ2QQ3"}, **HOST).status_code == 429


def test_behind_a_proxy_guessing_stops_the_guesser_alone(client, fresh_cache, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def guess(forwarded: str) -> int:
        return client.post(
            reverse("public:k"), {"code": "ZZZZZZ"}, **HOST, headers={"X-Forwarded-For": forwarded}
        ).status_code

    for number in range(20):
        # What the visitor claims stands before what the proxy adds, and changes nothing.
        assert guess(f"10.0.0.{number}, 203.0.113.5") == 400
    assert guess("10.9.9.9, 203.0.113.5") == 429
    assert guess("203.0.113.6") == 400


# A council


def test_founding_date_in_both_forms(client, council):
    council.founded_on = dt.date(2020, 4, 30)
    council.save()
    for name in ("council", "about"):
        body = page(client, name, "hagi").content.decode()
        assert "令和2年4月30日(木)" in body
        assert '<time datetime="2020-04-30">2020-04-30</time>' in body


def test_members_are_those_of_today_and_the_past_stays(client, council):
    today = timezone.localdate()
    for name, left in (("会社A", None), ("会社B", today - dt.timedelta(days=1)), ("会社C", today)):
        body = Body.objects.create(council=council, type="company", name=name)
        Membership.objects.create(council=council, body=body, joined_on=dt.date(2020, 4, 30), left_on=left)
    text = text_of(page(client, "about", "hagi"))
    assert "3 団体" in text  # the council's own body, A, and C on its last day
    present, former = text.split("これまでに離れた団体")
    assert "会社B" not in present
    assert "会社B" in former
    assert "3 団体" in text_of(page(client, "council", "hagi"))


def test_every_programme_stands_once_under_its_line_with_its_provisional_name(client, council):
    first = BusinessLine.objects.create(council=council, slug="b", ordinal=1, title="情報発信")
    second = BusinessLine.objects.create(
        council=council, slug="a", ordinal=2, title="育成", is_provisional=True
    )
    Programme.objects.create(council=council, business_line=first, slug="one", title="特設サイト")
    Programme.objects.create(
        council=council, business_line=second, slug="two", title="塾", is_provisional=True
    )
    text = text_of(page(client, "council", "hagi"))
    places = [text.index(words) for words in ("情報発信", "特設サイト", "育成（仮称）", "塾（仮称）")]
    assert places == sorted(places)
    assert text.count("特設サイト") == text.count("塾（仮称）") == 1


def test_banner_shows_the_next_date_of_a_series(client, council, live_call, now):
    for days in (-3, 9, 4):
        call = live_call(series="#交流しようぜ", title=f"{days}日の会")
        at = now + dt.timedelta(days=days)
        Occasion.objects.create(council=council, call=call, starts_at=at, ends_at=at + dt.timedelta(hours=2))
    hidden = live_call(series="#交流しようぜ", state="draft", title="準備中の会")
    at = now + dt.timedelta(days=1)
    Occasion.objects.create(council=council, call=hidden, starts_at=at, ends_at=at + dt.timedelta(hours=2))
    banner = (
        page(client, "council", "hagi").content.decode().split('class="banner"')[1].split("</section>")[0]
    )
    assert "4日の会" in banner
    assert (now + dt.timedelta(days=4)).astimezone(timezone.get_current_timezone()).strftime(
        "%Y-%m-%dT%H"
    ) in banner


@pytest.mark.parametrize(
    ("completed", "said"), [(0, None), (4, None), (5, "5以上"), (9, "5以上"), (12, "10以上")]
)
def test_completions_are_those_of_the_last_finished_quarter_in_steps_of_five(
    client, council, live_call, make_person, now, completed, said
):
    call = live_call()
    for _ in range(completed):
        Participation.objects.create(
            council=council, call=call, person=make_person(council), state="completed",
            started_at=now - dt.timedelta(days=99), completed_at=now - dt.timedelta(days=98),
        )  # fmt: skip
    assert "修了した人" not in page(client, "council", "hagi").content.decode()
    releasing.release_due(by=Actor(at=now, role="system"))
    body = page(client, "council", "hagi").content.decode()
    if said is None:
        assert "修了した人" not in body
    else:
        assert f"<b>{said}</b><span>修了した人</span>" in body
    Participation.objects.all().delete()
    assert page(client, "council", "hagi").content.decode() == body


def test_reported_numbers_say_who_counted(client, council, live_call):
    programme = live_call().programme
    ProgrammeYear.objects.create(
        council=council, programme=programme, fiscal_year=2020, reported_applications=338
    )
    text = text_of(page(client, "council", "hagi"))
    assert "338" in text
    assert "令和2年度の応募者" in text
    assert "主催者が報告した人数です" in text


# Agreements


@pytest.fixture
def agreement(council):
    row = Agreement.objects.create(
        council=council, slug="pact", title="連携協定", signed_on=dt.date(2023, 5, 22),
        starts_on=dt.date(2023, 5, 22), ends_on=dt.date(2026, 3, 31), ends_provisionally=True,
    )  # fmt: skip
    for number, (name, role) in enumerate(
        [
            ("津山市", "地域課題の集約"),
            ("A社", "人材育成及び雇用創出支援"),
            ("B社", "デジタル人材の育成・提供"),
        ],
        1,
    ):
        body = Body.objects.create(
            council=council, type="company", name=name, branch="岡山支店" if number == 3 else ""
        )
        Party.objects.create(
            agreement=row, body=body, ordinal=number, role_text=role, covers=["人材育成"] if number > 1 else [],
            representative_title="社長", representative_name=f"見本 {number}", representative_on=dt.date(2023, 5, 22),
        )  # fmt: skip
    return row


def test_an_agreement_past_its_term_is_shown_as_ended(client, agreement):
    text = text_of(page(client, "agreement", "hagi", "pact"))
    assert "この協定の期間は終わっています" in text
    assert "（予定）" in text
    assert "社長 見本 1" in text
    assert "B社 岡山支店" in text


def test_an_agreement_in_force_is_not(client, agreement):
    agreement.ends_on = timezone.localdate()
    agreement.save()
    assert "この協定の期間は終わっています" not in text_of(page(client, "agreement", "hagi", "pact"))


def test_a_request_is_routed_to_the_roles_that_cover_it(client, agreement):
    body = page(client, "agreement", "hagi", "pact", need="人材育成").content.decode()
    found = body.split('role="status"')[1].split("</div></section>")[0]
    assert "②" in found
    assert "③" in found
    assert "①" not in found
    nobody = text_of(page(client, "agreement", "hagi", "pact", need="<b>宇宙開発"))
    assert "見つかりませんでした" in nobody


def test_unknown_agreement_is_not_found(client, council):
    assert page(client, "agreement", "hagi", "nothing").status_code == 404


# Cost


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(
    client, council, full_call, live_call, agreement, now, rows, django_assert_max_num_queries
):
    call = full_call(rows)
    for n in range(rows):
        other = live_call(series="s", title=f"他{n}")
        Occasion.objects.create(
            council=council,
            call=other,
            starts_at=now + dt.timedelta(days=2),
            ends_at=now + dt.timedelta(days=3),
        )
        live_call(state="finished")
        line = BusinessLine.objects.create(council=council, slug=f"l{n}", ordinal=10 + n, title=f"事業{n}")
        programme = Programme.objects.create(
            council=council, business_line=line, slug=f"p{n}", title=f"計画{n}"
        )
        ProgrammeYear.objects.create(
            council=council, programme=programme, fiscal_year=2020, reported_applications=9
        )
        body = Body.objects.create(council=council, type="company", name=f"団体{n}")
        Membership.objects.create(council=council, body=body, joined_on=dt.date(2020, 4, 30))
    for name, args in [
        ("home", ()), ("council", ("hagi",)), ("calls", ("hagi",)), ("about", ("hagi",)),
        ("agreement", ("hagi", "pact")), ("privacy", ("hagi",)), ("proof", ("hagi", call.code)),
    ]:  # fmt: skip
        with django_assert_max_num_queries(13):
            assert page(client, name, *args).status_code == 200
    with django_assert_max_num_queries(14):  # every part of a call at once: one query each
        assert page(client, "call", "hagi", call.code).status_code == 200


def test_the_desk_is_offered_to_staff_for_one_query(client, council, staff_account, make_account):
    def look(who: Any) -> tuple[bool, int]:
        if who:
            client.force_login(who)
        with CaptureQueriesContext(connection) as seen:
            body = page(client, "council", "hagi").content.decode()
        asked = [query for query in seen if 'FROM "people_role" INNER JOIN' in query["sql"]]
        return f'href="{reverse("staff:home", args=["hagi"])}"' in body, len(asked)

    assert look(None) == (False, 0)
    assert look(make_account("somebody@example.jp")) == (False, 0)
    assert look(staff_account) == (True, 1)
