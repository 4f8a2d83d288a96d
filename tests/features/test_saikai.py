"""What the interview on Saikai's programmes tells (004)."""

import pytest

from sonjuku.flows.demo_scenes import SPREAD, reported_338
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.toolbox.lg_code import prefecture_of

SAIKAI, NAGASAKI, TOKYO = "422126", "420000", "130001"


@pytest.fixture
def academia(saikai, call_of):
    """The programme of 2020 with its rows of made-up people."""
    call = call_of(saikai, "academia-2020")
    reported_338(call)
    return call


def test_004_02_there_are_338_applications(saikai, academia, read):
    assert academia.applications.count() == 338
    assert academia.historic_applications == 338
    assert (
        ProgrammeYear.objects.get(programme=academia.programme, fiscal_year=2020).reported_applications == 338
    )
    assert "338" in read("/c/saikai/")
    assert reported_338(academia) == 338  # loading twice makes nothing twice
    assert academia.applications.count() == 338


def test_004_02_by_prefecture_and_inside_or_outside(academia):
    found = calls.by_prefecture(academia)
    assert sum(found.values()) == 338
    assert found[NAGASAKI] == sum(
        number for code, number in SPREAD.items() if prefecture_of(code) == NAGASAKI
    )
    assert found[TOKYO] == SPREAD["131130"]
    assert list(found.values()) == sorted(found.values(), reverse=True)
    areas = calls.by_area(academia)
    assert areas == {"in_area": SPREAD[SAIKAI], "out_of_area": 338 - SPREAD[SAIKAI], "unknown": 0}
    flagged = academia.applications.filter(out_of_area=False).values_list("person__lg_code", flat=True)
    assert set(flagged) == {SAIKAI}


def test_004_02_the_desk_sees_the_figures(saikai, academia, officer, log_in):
    account, *_ = officer(saikai, Body.objects.get(council=saikai, name="西海市"))
    page = log_in(account).get("/c/saikai/desk/calls/academia-2020/figures/")
    words = page.content.decode()
    assert page.context["applied"] == 338
    assert dict(page.context["prefectures"])["長崎県"] == calls.by_prefecture(academia)[NAGASAKI]
    for expected in ("長崎県", "東京都", "北海道", "域内", "域外", "主催者の報告では 338 件です。"):
        assert expected in words


def test_004_02_a_body_that_only_supports_does_not(saikai, academia, officer, log_in):
    account, *_ = officer(saikai, Body.objects.get(council=saikai, name="ランサーズ株式会社"))
    assert log_in(account).get("/c/saikai/desk/calls/academia-2020/figures/").status_code == 404


@pytest.mark.parametrize("home", [SAIKAI, "131130", "011002", "472018"])
def test_004_03_anyone_from_anywhere_may_apply(saikai, call_of, apply, home):
    call = call_of(saikai, "sns-video")
    assert call.webinar_status == Call.Mode.ONLINE
    assert not call.eligibility_rules.filter(kind__in=["residence_in", "residence_out"]).exists()
    application = apply(call, profile={"lg_code": home}, values={"stage": "new"})
    assert application.state == Application.State.SUBMITTED
    assert application.out_of_area is (home != SAIKAI)


def test_004_03_the_page_says_so(saikai, read):
    words = read("/c/saikai/calls/sns-video/")
    assert "オンライン" in words
    assert "どなたでも申し込めます" in words
    assert "地域の外からも歓迎します" in words
