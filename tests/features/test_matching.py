"""Co-Lead of Hokkaido's working group (001): a matching event, and what follows for each pair."""

import datetime as dt

import pytest
from django.urls import reverse

from sonjuku.engines.selection import bundle
from sonjuku.flows import introducing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions, queries
from sonjuku.rooms.matching.models import Introduction
from sonjuku.rooms.people.models import Account, Body
from sonjuku.toolbox.dates import fiscal_year
from sonjuku.toolbox.refusals import Refused

NUMBER = "03 11 19 27 36 42"


@pytest.fixture
def office(hokkaido, officer):
    """Two of the host's secretaries: accounts and actors."""
    host = Body.objects.filter(council=hokkaido).order_by("id").first()
    return [officer(hokkaido, host)[:2] for _ in range(2)]


@pytest.fixture
def event(hokkaido, office, person_of, now):
    """Three experts and two firms, the rules published."""
    by = office[0][1]
    row = actions.create_event(
        by=by, council=hokkaido, host=Body.objects.get(pk=by.body_id), title="Co-Lead マッチング", ranks_by=now + dt.timedelta(days=7),
        seed_source="締切のあとに新聞に載る数", starts_on=dt.date(2026, 12, 21), ends_on=dt.date(2027, 2, 19),
    )  # fmt: skip
    for side, number in (("left", 3), ("right", 2)):
        for place in range(number):
            account = Account.objects.create_user(f"{side}{place}@example.jp", "correct horse battery")
            body = None
            if side == "right":
                body = Body.objects.create(council=hokkaido, type=Body.Type.COMPANY, name=f"道北{place}")
            actions.add_member(
                by=by, event=row, side=side, person=person_of(hokkaido, account=account, email=account.email),
                body=body, title=f"{side}{place}",
            )  # fmt: skip
    return introducing.open_event(by=by, event=row)


def rank(member, at, *partners):
    return actions.submit_ranks(
        by=Actor(at=at, role="member", account_id=member.person.account_id), member=member, agrees=True, text="同意します",
        groups=[[str(partner.id)] for partner in partners],
    )  # fmt: skip


@pytest.fixture
def announced(event, office, now):
    """All three experts like the first firm best, which likes the last of them best."""
    lefts, rights = (list(event.members.filter(side=side).order_by("title")) for side in ("left", "right"))
    for left in lefts:
        rank(left, now, *rights)
    rank(rights[0], now, *reversed(lefts))
    rank(rights[1], now, *lefts)
    after = event.ranks_by
    first, second = (actor.now(after) for _account, actor in office)
    actions.freeze(by=first, event=event)
    for by in (first, second):
        actions.type_number(by=by, event=event, value=NUMBER)
    actions.draw(by=second, event=event)
    introducing.announce(by=first, event=event)
    event.refresh_from_db()
    return event


def test_001_19_both_sides_are_collected_and_nobody_sees_them_before(event, office, log_in, client, now):
    left, right = event.members.get(title="left0"), event.members.get(title="right0")
    browser = log_in(left.person.account)
    page = reverse("member:matching", args=[left.id])
    browser.post(page, {f"place_{right.id}": "1", "submit": "1", "agrees": "1"})
    left.refresh_from_db()
    assert left.ranks == [[str(right.id)]]
    rank(right, now, left)
    desk = log_in(office[0][0])
    shown = desk.get(reverse("staff:matching", args=["hokkaido", event.id])).content.decode()
    public = client.get(
        reverse("public:matching_proof", args=["hokkaido", event.code]), {"format": "json"}
    ).json()
    assert "1 / 3" in shown
    assert "1 / 2" in shown
    assert not {"list", "result", "order"} & set(public)
    assert left.code not in str(public)


def test_001_19_the_assignment_is_stable_and_the_same_input_gives_the_same(announced, client):
    lefts, rights = (
        list(announced.members.filter(side=side).order_by("title")) for side in ("left", "right")
    )
    assert set(queries.pairs(announced)) == {(lefts[2], rights[0]), (lefts[0], rights[1])}
    address = reverse("public:matching_proof", args=["hokkaido", announced.code])
    public = client.get(address, {"format": "json"}).json()
    assert bundle.verify(public) == []
    again = bundle.make_bundle(public["rules"], public["list"], NUMBER)
    assert again["result"] == public["result"]
    other = {"state": public["state"]} | again | {"public_value": "another number"}
    assert {problem.kind for problem in bundle.verify(other)} >= {"seed_differs"}


def test_001_21_a_record_of_who_supports_which_firm(announced):
    rows = {row.left.title: row for row in Introduction.objects.select_related("left", "right__body")}
    assert {name: row.right.body.name for name, row in rows.items()} == {"left2": "道北0", "left0": "道北1"}
    for row in rows.values():
        assert (row.starts_on, row.ends_on) == (dt.date(2026, 12, 21), dt.date(2027, 2, 19))
        assert row.report_due_on == dt.date(2027, 2, 28)
        assert fiscal_year(row.report_due_on) == fiscal_year(row.starts_on) == 2026


def test_001_21_the_report_is_due_in_the_fiscal_year(announced, office):
    row = Introduction.objects.first()
    with pytest.raises(Refused) as refused:
        actions.change_introduction(by=office[0][1], introduction=row, report_due_on=dt.date(2027, 4, 1))
    assert refused.value.code == "report_out_of_year"
    changed = actions.change_introduction(
        by=office[0][1], introduction=row, report_due_on=dt.date(2027, 3, 31)
    )
    assert changed.report_due_on == dt.date(2027, 3, 31)


def test_001_21_overdue_is_shown_until_the_report_comes(announced, office, log_in, today):
    late, other = Introduction.objects.order_by("id")
    Introduction.objects.filter(pk=late.pk).update(report_due_on=today - dt.timedelta(days=1))
    Introduction.objects.filter(pk=other.pk).update(report_due_on=today)
    desk = log_in(office[0][0])
    address = reverse("staff:introductions", args=["hokkaido"])
    assert list(desk.get(address, {"show": "late"}).context["page_obj"]) == [late]
    assert desk.get(address).content.decode().count("報告の期限が過ぎました") == 1
    assert "期限が過ぎた報告 1 件" in desk.get(reverse("staff:home", args=["hokkaido"])).content.decode()

    do = reverse("staff:introduction_action", args=["hokkaido", late.id, "report"])
    desk.post(do, {"report_on": today.isoformat()})
    late.refresh_from_db()
    assert (late.state, late.report_on) == ("reported", today)
    assert list(desk.get(address, {"show": "late"}).context["page_obj"]) == []
