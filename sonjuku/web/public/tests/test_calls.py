import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, SeatPool
from sonjuku.rooms.people.models import Body, GuardianRule
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.web.public.tests.looking import page, text_of

pytestmark = pytest.mark.django_db


def titles(response: Any) -> list[str]:
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>', response.content.decode())


def test_board_has_open_calls_by_deadline_then_announced_then_past_and_no_draft(client, live_call, now):
    live_call(title="あとで締切", closes_at=now + dt.timedelta(days=9))
    live_call(title="もうすぐ締切", closes_at=now + dt.timedelta(days=2))
    live_call(title="予告", state="announced")
    live_call(title="終了", state="finished")
    live_call(title="下書き", state="draft")
    assert titles(page(client, "calls", "hagi")) == ["もうすぐ締切", "あとで締切", "予告", "終了"]
    assert titles(page(client, "council", "hagi"))[:3] == ["もうすぐ締切", "あとで締切", "予告"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "event"}, ["催し"]),
        ({"mode": "online"}, ["催し"]),
        ({"state": "past"}, ["講座・終了"]),
        ({"audience": "worker"}, ["催し"]),  # the call names worker_it, which lies under worker
        ({"audience": "student"}, []),
        ({"series": "#交流"}, ["催し"]),
        ({"kind": "nonsense", "state": "x", "audience": "?", "page": "99"}, ["催し", "講座・終了"]),
        ({"kind": "course", "state": "open"}, []),
    ],
)
def test_board_is_narrowed_by_the_address(client, live_call, query, expected):
    worker = Audience.objects.create(code="worker", title="社会人", title_en="Workers")
    it = Audience.objects.create(code="worker_it", title="社会人（IT）", title_en="IT", parent=worker)
    Audience.objects.create(code="student", title="学生", title_en="Students")
    event = live_call(title="催し", kind="event", webinar_status="online", series="#交流")
    event.audiences.add(it)
    live_call(title="講座・終了", state="finished")
    answer = page(client, "calls", "hagi", **query)
    assert titles(answer) == expected
    if not expected:
        assert "条件に合う募集はありません" in answer.content.decode()


# One call


def door(response: Any) -> str:
    return response.content.decode().split('class="next-step door"')[1].split("\n</div>")[0]


@pytest.mark.parametrize(
    ("noun", "verb"), [("moushikomi", "申し込む"), ("oubo", "応募する"), ("shinsei", "申請する")]
)
def test_open_call_leads_to_its_form_with_the_right_verb(client, live_call, noun, verb):
    call = live_call(noun=noun)
    assert f'href="{reverse("member:apply", args=["hagi", call.code])}">{verb}</a>' in door(
        page(client, "call", "hagi", call.code)
    )


def test_draft_is_nobodys_business(client, live_call, staff_account):
    call = live_call(state="draft")
    assert page(client, "call", "hagi", call.code).status_code == 404
    assert page(client, "proof", "hagi", call.code).status_code == 404
    client.force_login(staff_account)
    assert page(client, "call", "hagi", call.code).status_code == 404


def test_call_of_another_council_is_not_here(client, live_call, other_council):
    assert page(client, "call", "aomori", live_call().code).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "announced"}, "まだ受け付けていません"),
        ({"state": "closed"}, "この募集の受付は終わりました"),
        ({"state": "finished"}, "この募集の受付は終わりました"),
        ({"selection": "invitation"}, "招待された方だけの募集です"),
    ],
)
def test_a_call_that_takes_nobody_says_why_and_has_no_way_in(client, live_call, fields, said):
    answer = door(page(client, "call", "hagi", live_call(**fields).code))
    assert said in answer
    assert "/apply/" not in answer


def test_the_clock_closes_the_door_before_the_tick_does(client, live_call, now):
    over = live_call(closes_at=now - dt.timedelta(seconds=1))
    assert "/apply/" not in door(page(client, "call", "hagi", over.code))
    early = live_call(opens_at=now + dt.timedelta(hours=1))
    assert "まだ受け付けていません" in door(page(client, "call", "hagi", early.code))


def test_who_has_applied_is_led_to_the_own_application(
    client, council, live_call, make_person, make_account, now
):
    call = live_call()
    mine, other = make_account("me@example.jp"), make_account("other@example.jp")
    person = make_person(council, account=mine)
    application = Application.objects.create(
        council=council, call=call, person=person, state="submitted", submitted_at=now
    )
    client.force_login(mine)
    answer = door(page(client, "call", "hagi", call.code))
    assert reverse("member:application", args=[application.pk]) in answer
    assert application.code in answer
    assert "/apply/" not in answer
    application.state = "withdrawn"
    application.save()
    assert "/apply/" in door(page(client, "call", "hagi", call.code))
    client.force_login(other)
    assert application.code not in page(client, "call", "hagi", call.code).content.decode()


def test_first_come_tells_the_seats_left_and_then_the_waiting_list(client, live_call):
    call = live_call(selection="first_come", result_immediate=True, capacity=2)
    SeatPool.objects.filter(call=call).update(taken=1)
    assert "残り1席" in door(page(client, "call", "hagi", call.code))
    SeatPool.objects.filter(call=call).update(taken=2)
    answer = door(page(client, "call", "hagi", call.code))
    assert "満席です" in answer
    assert "キャンセル待ちに申し込む</a>" in answer


def test_a_restricted_call_tells_reason_and_approver(client, live_call):
    call = live_call(
        is_restricted=True, restriction_reason="時間が足りないため", restriction_approver="担当課長"
    )
    text = text_of(page(client, "call", "hagi", call.code))
    assert "公募によらない募集です" in text
    assert "時間が足りないため" in text
    assert "担当課長" in text


def test_a_booth_names_the_host_and_us_as_exhibitor(client, full_call):
    text = text_of(page(client, "call", "hagi", full_call().code))
    shown = text.split("ほかの団体の催しに出展します")[1]
    assert re.search(r"催しの主催 商工会議所 出展者 萩グローバルIT人材育成協議会", shown)
    assert "残り3人" in shown


@pytest.mark.parametrize(("kind", "chapter"), [("municipality", "第5章"), ("npo", "第4章")])
def test_the_controller_decides_the_law(client, council, live_call, kind, chapter):
    controller = Body.objects.create(council=council, type=kind, name="取り扱う団体")
    answer = page(client, "call", "hagi", live_call(data_controller=controller).code).content.decode()
    assert chapter in answer.split('id="privacy"')[1].split("</dl>")[0]


def test_the_guardian_rule_shown_is_the_one_in_force(client, council, live_call):
    GuardianRule.objects.create(
        council=council, valid_from=dt.date(2020, 1, 1), required_under=16, required_stages=[]
    )
    GuardianRule.objects.create(
        council=council, valid_from=timezone.localdate() + dt.timedelta(days=1), required_under=20
    )
    text = text_of(page(client, "call", "hagi", live_call(consent_late="lowest").code))
    assert "16歳未満の方は、保護者の同意が必要です。" in text
    assert "抽選の最後の順になります（5人に満たないときは" in text


def test_a_historic_call_claims_no_terms_that_nobody_recorded(client, live_call):
    call = live_call(
        state="finished", opens_at=None, closes_at=None, starts_on=None, ends_on=None, period_note="2024年8月",
        purpose_of_use="", result_on=None,
    )  # fmt: skip
    text = text_of(page(client, "call", "hagi", call.code))
    assert "2024年8月" in text
    for claim in ("応募資格", "選考方法", "保護者の同意", "利用目的"):
        assert claim not in text


def test_a_reviewed_call_publishes_its_criteria_and_how_many_score(client, full_call):
    call = full_call(2)
    call.selection, call.min_reviewers = "review", 3
    call.save()
    text = text_of(page(client, "call", "hagi", call.code))
    assert "3 人以上が採点します" in text
    assert "項目0 0–5 × 1 項目1 0–5 × 1" in text
