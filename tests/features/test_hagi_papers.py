"""What goes out of Hagi on paper (000): an announced call and its notice."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from sonjuku.flows import calling
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.letters.models import ShortCode
from sonjuku.rooms.people.models import Body
from tests import printing


@pytest.fixture
def announced(hagi, call_of, now):
    """A course that is announced: applications open in three days, how is told in the print bulletin."""
    call = call_of(hagi, "laptop-winter")
    Call.objects.filter(pk=call.pk).update(state="announced", opens_at=now + dt.timedelta(days=3))
    call.refresh_from_db()
    return call


@pytest.fixture
def office(hagi, officer, log_in):
    host = Body.objects.filter(council=hagi).order_by("id").first()
    return log_in(officer(hagi, host)[0])


def test_000_12_no_apply_button_until_the_open_date(announced, read, now, desk):
    page, apply = f"/c/hagi/calls/{announced.code}/", f"/c/hagi/calls/{announced.code}/apply/"
    words = read(page)
    assert apply not in words
    assert "まだ受け付けていません" in words
    Call.objects.filter(pk=announced.pk).update(opens_at=now - dt.timedelta(minutes=1))
    announced.refresh_from_db()
    calling.open_call(by=desk(announced.council), call=announced)
    assert apply in read(page)


def test_000_12_the_notice_says_how_to_apply_is_told_in_the_bulletin(announced, office):
    address = reverse("staff:paper", args=["hagi", announced.code, "notice"])
    notice = office.get(address).content.decode()
    assert "申込方法は広報でお知らせします" in notice
    assert announced.title.split(" ", maxsplit=1)[0] in notice.replace("<wbr>", "")
    code = ShortCode.objects.get(path=f"/c/hagi/calls/{announced.code}/").code
    assert code in notice
    assert Client().post("/k/", {"code": code}).url == f"/c/hagi/calls/{announced.code}/"
    assert office.get(address).content.decode().count(code) == 1
    assert ShortCode.objects.filter(path=f"/c/hagi/calls/{announced.code}/").count() == 1


@pytest.mark.skipif(not printing.can_print(), reason="chromium and pdftoppm are not installed here")
def test_000_12_the_qr_of_the_printed_notice_opens_the_call(announced, office, tmp_path):
    address = reverse("staff:paper", args=["hagi", announced.code, "notice"])
    pages = printing.pages_of(printing.print_to_pdf(office, address, tmp_path))
    assert len(pages) == 1
    width, height = pages[0].size
    assert (round(width / 150 * 25.4), round(height / 150 * 25.4)) == (210, 297)
    assert printing.codes_on(pages[0]) == [f"{settings.SITE_URL}/c/hagi/calls/{announced.code}/"]
