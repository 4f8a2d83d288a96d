"""What applying asks of the database."""

import re

from django.urls import reverse

from sonjuku.rooms.calls.models import Application, Call, EligibilityRule, SeatPool

AGREE = {"agree": "application"}


def at(call: Call) -> str:
    return reverse("member:apply", args=[call.council.slug, call.code])


def test_the_page_asks_as_much_for_three_of_everything(
    log_in, adult, first_come, django_assert_max_num_queries
):
    me = log_in(adult)
    EligibilityRule.objects.create(call=first_come, kind="age", minimum=18)
    me.get(at(first_come))
    with django_assert_max_num_queries(20) as one:
        assert me.get(at(first_come)).status_code == 200
    for number in (2, 3):
        EligibilityRule.objects.create(call=first_come, kind="age", minimum=18)
        SeatPool.objects.create(call=first_come, seat_type=f"{number}", capacity=2)
    with django_assert_max_num_queries(len(one.captured_queries)):
        me.get(at(first_come))


def test_a_registration_is_forty_statements_at_most(log_in, adult, first_come, django_assert_max_num_queries):
    """The form, sending it, the receipt: with a consent, a tie, a place and a queued letter."""
    me = log_in(adult)
    with django_assert_max_num_queries(40):
        page = me.get(at(first_come))
        sent = me.post(at(first_come), {**hidden(page), **AGREE})
        assert me.get(sent["Location"]).status_code == 200
    assert Application.objects.get().state == "accepted"


def hidden(page):
    return dict(
        re.findall(r'<input type="hidden" name="(form_version|ref)" value="([^"]*)"', page.content.decode())
    )
