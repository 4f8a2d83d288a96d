"""Letters of one kind to many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters import actions, queries
from sonjuku.rooms.letters.actions import Addressed
from sonjuku.rooms.letters.models import Letter, ShortCode


@pytest.fixture
def to(council, secretariat, make_person):
    """Tell so many persons of a badge: "a" to "a1", "a2" …"""

    def make(number, key, **fields):
        persons = [make_person(council, **{"email": f"{key}{n}@example.jp", **fields}) for n in range(number)]
        letters = [
            Addressed(person, {"badge_title": "案内人", "badge_title_en": "Guide"}, f"/me/badges/{n}/", f"{key}{n}", person.pk)
            for n, person in enumerate(persons)
        ]  # fmt: skip
        return letters, lambda: actions.queue_each(
            by=secretariat, council=council, kind="badge_issued", letters=letters
        )

    return make


def test_each_is_written_to_in_their_language_and_has_a_door_of_their_own(to, at):
    letters, send = to(2, "a", language="en")
    assert send() == 2
    rows = list(Letter.objects.order_by("key"))
    assert [(row.to_address, row.person_id, row.state) for row in rows] == [
        (each.person.email, each.person.pk, "queued") for each in letters
    ]
    assert ["Guide" in row.subject for row in rows] == [True, True]
    assert [queries.path_of(row.short_code_id, at) for row in rows] == [
        "/en/me/badges/0/",
        "/en/me/badges/1/",
    ]
    assert set(Entry.objects.filter(verb="letter.queued").values_list("for_person_id", flat=True)) == {
        each.person.pk for each in letters
    }


def test_who_has_the_letter_gets_no_second_and_who_has_no_address_one_on_paper(to):
    _letters, send = to(3, "a", email="")
    assert (send(), send()) == (3, 0)
    assert list(Letter.objects.values_list("state", flat=True)) == ["held"] * 3
    assert ShortCode.objects.count() == 3


def test_statements_do_not_grow_with_the_letters(to):
    counts = []
    for number, key in ((2, "a"), (20, "b")):
        _letters, send = to(number, key)
        with CaptureQueriesContext(connection) as seen:
            send()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_news_goes_by_a_mailing(council, secretariat):
    with pytest.raises(ValueError, match="mailing"):
        actions.queue_each(by=secretariat, council=council, kind="news", letters=[])
