"""Writing to a segment at the desk: seen before it is sent, sent once, followed afterwards."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import ticking
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.letters import actions
from sonjuku.rooms.letters.models import Letter, Mailing
from sonjuku.rooms.people.models import Body, Role
from sonjuku.toolbox.dates import at_tokyo


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


@pytest.fixture
def call(running: Any) -> Call:
    return running()


@pytest.fixture
def written(call: Call) -> dict[str, Any]:
    return {
        "call": call.id, "states": ["submitted"], "subject": "{{募集名}}の持ち物", "body": "筆記用具", "batch": uuid.uuid4(),
        "is_duty": "1", "when": "now",
    }  # fmt: skip


def shown(desk: Client, data: dict[str, Any], **changes: Any) -> str:
    return desk.post(url("letter_new"), {**data, "preview": 1, **changes}).content.decode()


def test_first_the_call_then_whom_with_counts(desk: Client, call: Call, apply_to: Any) -> None:
    apply_to(call)
    apply_to(call, out_of_area=True)
    first = desk.get(url("letter_new")).content.decode()
    assert call.title in first
    then = desk.get(url("letter_new"), {"call": call.id}).content.decode()
    for words in ("受付済み（2）", "参加確定（0）", "域内（1）", "域外（1）", "{{氏名}}"):
        assert words in then, words
    assert desk.get(url("letter_new"), {"call": "forged"}).status_code == 404


def test_the_preview_counts_and_writes_nothing(
    desk: Client, call: Call, written: Any, apply_to: Any, acting: Any
) -> None:
    there, nowhere = apply_to(call), apply_to(call, {"email": ""})
    actions.unsubscribe(by=acting, person=there.person)
    text = shown(desk, written)
    assert "2 人に送ります" in text
    assert "印刷して届けます" in text
    assert "配信を止めている人" not in text
    assert f"{call.title}の持ち物" in text
    news = shown(desk, written, is_duty="0")
    assert "1 人に送ります" in news
    assert "配信を止めている人" in news
    assert "/unsubscribe/" in news
    chosen = shown(desk, written, samples=nowhere.code.lower())
    assert f"受付番号 {nowhere.code} の人に届く文面" in chosen
    assert there.person.full_name not in chosen
    assert not Letter.objects.exists()
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": "{{住所}}"}, "「住所」という差し込みはありません。"),
        ({"states": ["withdrawn"]}, "当てはまる申込みがありません。"),
        ({"samples": "ZZZZ-9999"}, "受付番号 ZZZZ-9999 の人は、この宛先に含まれていません。"),
        ({"samples": "AAAA-0001 AAAA-0002 AAAA-0003 AAAA-0004"}, "受付番号は3人分までです。"),
        ({"when": "later"}, "送る日を入力してください。"),
        ({"when": "later", "on": "2020-01-01"}, "この日時は過ぎています。"),
        ({"when": "later", "on": "2999-01-01"}, "1年より先には予約できません。"),
        ({"states": []}, "「状態」を選んでください。"),
    ],
)
@pytest.mark.parametrize("button", ["preview", "send"])
def test_what_cannot_be_sent_is_explained(
    desk: Client, call: Call, written: Any, apply_to: Any, changes: Any, said: str, button: str
) -> None:
    apply_to(call)
    if button == "send" and "samples" in changes:
        return
    response = desk.post(url("letter_new"), {**written, **changes, button: 1})
    assert said in response.content.decode()
    assert not Mailing.objects.exists()


def test_sent_at_once_it_is_followed_on_its_page(
    desk: Client, call: Call, written: Any, apply_to: Any
) -> None:
    apply_to(call)
    apply_to(call, {"email": ""})
    for _twice in range(2):
        response = desk.post(url("letter_new"), {**written, "send": 1})
    mailing = Mailing.objects.get()
    assert response["Location"] == url("mailing", mailing.pk)
    ticking.tick(timezone.now())
    text = desk.get(url("mailing", mailing.pk)).content.decode()
    assert "1 / 2" in text
    assert "宛先なし（紙で）" in text
    listed = desk.get(url("letters"), {"mailing": mailing.pk, "state": "held"})
    assert len(listed.context["page_obj"].object_list) == 1
    printed = desk.get(url("mailing_print", mailing.pk)).content.decode()
    assert printed.count("<article") == 1
    assert (
        "筆記用具" in desk.get(url("mailings")).content.decode()
        or mailing.subject in desk.get(url("mailings")).content.decode()
    )


def test_booked_for_later_and_taken_back(desk: Client, call: Call, written: Any, apply_to: Any) -> None:
    day = timezone.localdate() + dt.timedelta(days=2)
    later = {**written, "states": ["accepted"], "when": "later", "on": day}
    assert "いまは 0 人" in shown(desk, later)
    desk.post(url("letter_new"), {**later, "send": 1})
    mailing = Mailing.objects.get()
    assert mailing.due_at == at_tokyo(day, dt.time(9))
    text = desk.get(url("mailing", mailing.pk)).content.decode()
    assert "宛先は、送るときに条件に当てはまる人です。" in text
    assert "参加確定" in text
    assert desk.get(url("mailing_cancel", mailing.pk)).status_code == 302
    desk.post(url("mailing_cancel", mailing.pk))
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.CANCELLED


def test_a_refused_mailing_waits_on_the_first_page_until_it_is_dealt_with(
    desk: Client, call: Call, written: Any, apply_to: Any, council: Any, make_staff: Any, log_in: Any
) -> None:
    apply_to(call)
    author = make_staff(council, "left@hagi.example.jp", "secretariat")
    soon = {**written, "when": "later", "on": timezone.localdate() + dt.timedelta(days=1), "send": 1}
    log_in(author).post(url("letter_new"), soon)
    Role.objects.filter(account=author).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    ticking.tick(timezone.now() + dt.timedelta(days=2))
    mailing = Mailing.objects.get()
    assert mailing.state == Mailing.State.REFUSED
    assert "予約したお知らせを送れませんでした" in desk.get(url("home")).content.decode()
    assert "予約した人の役割が終わったため" in desk.get(url("mailing", mailing.pk)).content.decode()
    again = desk.get(url("letter_new"), {"again": mailing.pk})
    assert again.context["form"]["subject"].value() == written["subject"]
    assert again.context["form"]["states"].value() == ["submitted"]
    desk.post(url("letter_new"), {**written, "again": mailing.pk, "batch": uuid.uuid4(), "send": 1})
    assert sorted(Mailing.objects.values_list("state", flat=True)) == ["cancelled", "queued"]
    assert "予約したお知らせを送れませんでした" not in desk.get(url("home")).content.decode()


def test_another_body_sees_no_mailing(
    desk: Client, call: Call, written: Any, apply_to: Any, council: Any, make_staff: Any, log_in: Any
) -> None:
    apply_to(call)
    desk.post(url("letter_new"), {**written, "send": 1})
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")
    theirs = log_in(make_staff(council, "firm@example.jp", "body_staff", body=firm))
    mailing = Mailing.objects.get()
    for name in ("mailing", "mailing_print", "mailing_cancel"):
        assert theirs.get(url(name, mailing.pk)).status_code == 404
    assert theirs.post(url("mailing_cancel", mailing.pk)).status_code == 404
    assert theirs.post(url("letter_new"), {**written, "send": 1}).status_code == 404
    assert theirs.get(url("letter_new"), {"again": mailing.pk}).status_code == 404
    assert mailing.subject not in theirs.get(url("mailings")).content.decode()


@pytest.fixture
def bounced(call: Call, apply_to: Any, now: dt.datetime) -> Letter:
    row: Application = apply_to(call)
    return Letter.objects.create(
        council=row.council, person=row.person, kind="receipt", subject="受付", body="本文", about_id=row.id, key="b",
        due_at=now, to_address=row.person.email, state=Letter.State.BOUNCED, problem="5.1.1", bounced_at=now,
    )  # fmt: skip


def test_what_came_back_is_seen_everywhere_and_dealt_with(desk: Client, bounced: Letter) -> None:
    assert "相手に届いていないお知らせ 1 件" in desk.get(url("home")).content.decode()
    assert "相手に届かなかったお知らせが 1 件あります。" in desk.get(url("letters")).content.decode()
    application = desk.get(url("application", bounced.about_id)).content.decode()
    assert "メールが届いていません" in application
    text = desk.get(url("letter", bounced.pk)).content.decode()
    assert "この宛先はありません。" in text
    assert "紙や電話で届けた" in text
    desk.post(url("letter_handed"), {"letter": bounced.pk})
    bounced.refresh_from_db()
    assert bounced.state == Letter.State.HANDED
    assert "相手に届いていないお知らせ" not in desk.get(url("home")).content.decode()
    response = desk.post(url("letter_handed"), {"letter": bounced.pk}, follow=True)
    assert "もう届けたことになっています" in response.content.decode()


def test_a_corrected_address_takes_the_mark_away(desk: Client, bounced: Letter) -> None:
    bounced.person.email = "right@example.jp"
    bounced.person.save()
    assert "メールが届いていません" not in desk.get(url("application", bounced.about_id)).content.decode()
    desk.post(url("letter_again"), {"letter": bounced.pk})
    bounced.refresh_from_db()
    assert (bounced.state, bounced.to_address) == (Letter.State.QUEUED, "right@example.jp")


@pytest.mark.parametrize(("name", "statements"), [("mailings", 9), ("mailing_print", 7)])
def test_lists_take_the_same_number_of_statements_however_long(
    desk: Client,
    call: Call,
    written: Any,
    apply_to: Any,
    django_assert_num_queries: Any,
    name: str,
    statements: int,
) -> None:
    apply_to(call, {"email": ""})
    desk.post(url("letter_new"), {**written, "send": 1})
    where = url(name, *([Mailing.objects.get().pk] if name == "mailing_print" else []))
    desk.get(where)
    with django_assert_num_queries(statements):
        desk.get(where)
    for _n in range(2):
        apply_to(call, {"email": ""})
        desk.post(url("letter_new"), {**written, "batch": uuid.uuid4(), "send": 1})
    with django_assert_num_queries(statements):
        desk.get(where)
