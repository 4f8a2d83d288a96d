"""A run drawn with the randomness of a real drand round: the desk pages take it, and refuse another round or signature."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.engines.selection.bundle import verify
from sonjuku.protocols import drand
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.journal.models import Actor
from tests import drawing

BESIDE = Path(__file__).resolve().parents[5] / "shared" / "vectors"
VECTOR = Path(os.environ.get("SONJUKU_VECTORS", BESIDE)) / "drand-quicknet.json"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not VECTOR.exists(), reason="the published vectors aren't on this machine (set SONJUKU_VECTORS)"
    ),
]


@pytest.fixture
def beacon() -> dict[str, Any]:
    return dict(json.loads(VECTOR.read_text())["beacon"])


@pytest.fixture
def frozen(beacon: dict[str, Any], running: Any, apply_to: Any, secretariat: Actor) -> SelectionRun:
    """Opened, closed and frozen in the hour before round 1000 came out, in August 2023."""
    drawn_at = drand.GENESIS + (beacon["round"] - 1) * drand.PERIOD
    opens, closes = drawn_at - dt.timedelta(days=9), drawn_at - dt.timedelta(minutes=30)
    call = running(state=Call.State.DRAFT, opens_at=opens, closes_at=closes, capacity=2, check_days=0,
        seed_kind="drand", seed_source="", draws_at=drawn_at)  # fmt: skip
    call = actions.open_call(by=secretariat.now(opens), call=call)
    for number in range(6):
        apply_to(call, {"given_name_kana": f"ヒト{number}"}, submitted_at=opens, received_at=opens)
    actions.close_call(by=secretariat.now(closes), call=call)
    return drawing.freeze(secretariat.now(drawn_at - dt.timedelta(minutes=10)), call)


def paste(desk: Client, run: SelectionRun, beacon: dict[str, Any]) -> str:
    answer = desk.post(
        reverse("staff:run_seed", args=["hagi", run.code]), {"beacon": json.dumps(beacon)}, follow=True
    )
    return str(answer.content.decode()).replace("<wbr>", "")


def test_a_real_beacon_draws(
    desk: Client, frozen: SelectionRun, beacon: dict[str, Any], acting: Actor
) -> None:
    assert frozen.drand_round == 1000
    assert "乱数を受け取り、署名が正しいことを確かめました" in paste(desk, frozen, beacon)
    desk.post(reverse("staff:run_action", args=["hagi", frozen.code, "draw"]))
    run = SelectionRun.objects.get(pk=frozen.pk)
    assert (run.state, run.public_value) == ("drawn", beacon["randomness"])
    actions.announce(by=acting, run=run)
    shown = queries.public_run(SelectionRun.objects.get(pk=run.pk))
    assert shown["beacon"] == beacon
    assert verify(shown) == []


def test_another_round_is_refused_with_words(
    desk: Client, frozen: SelectionRun, beacon: dict[str, Any]
) -> None:
    assert "これは第 1000 ラウンドの乱数ではありません" in paste(desk, frozen, {**beacon, "round": 1001})
    # A run that names another round takes neither the old one nor the old one under the new number.
    SelectionRun.objects.filter(pk=frozen.pk).update(drand_round=1001)
    assert "これは第 1001 ラウンドの乱数ではありません" in paste(desk, frozen, beacon)
    assert "乱数の署名が正しくありません" in paste(desk, frozen, {**beacon, "round": 1001})
    assert SelectionRun.objects.get(pk=frozen.pk).beacon is None


@pytest.mark.parametrize("name", ["signature", "randomness"])
def test_one_digit_changed_is_refused_with_words(
    desk: Client, frozen: SelectionRun, beacon: dict[str, Any], name: str
) -> None:
    last = "0" if beacon[name][-1] != "0" else "1"
    page = paste(desk, frozen, {**beacon, name: beacon[name][:-1] + last})
    assert "乱数の署名が正しくありません" in page
    assert "もう一度そのまま写してください" in page
    desk.post(reverse("staff:run_action", args=["hagi", frozen.code, "draw"]))
    run = SelectionRun.objects.get(pk=frozen.pk)
    assert (run.state, run.beacon) == ("frozen", None)
