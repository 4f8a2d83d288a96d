"""What an action records is written once, at its end, and only if it stands."""

import pytest
from django.db import transaction

from sonjuku.rooms.journal.actions import is_first, new_key, record, writes
from sonjuku.rooms.journal.models import Entry


@writes
def inner(by, verb, *, fails=False):
    record(by=by, verb=verb)
    if fails:
        raise ValueError(verb)


@writes
def outer(by, *, fails=False):
    record(by=by, verb="outer.begun")
    try:
        with transaction.atomic():
            inner(by, "inner.undone", fails=True)
    except ValueError:
        record(by=by, verb="inner.failed")
    inner(by, "inner.done")
    if fails:
        raise ValueError("outer")


def verbs():
    return sorted(Entry.objects.values_list("verb", flat=True))


def test_entries_of_one_action_are_one_statement(system, django_assert_num_queries, db):
    with django_assert_num_queries(4):  # the savepoint, its rollback and release, and one INSERT
        outer(system)
    assert verbs() == ["inner.done", "inner.failed", "outer.begun"]


def test_an_action_that_fails_leaves_no_entry(system, db):
    with pytest.raises(ValueError), transaction.atomic():
        outer(system, fails=True)
    assert verbs() == []
    inner(system, "the.next")
    assert verbs() == ["the.next"]


def test_outside_of_an_action_an_entry_is_written_at_once(system, db):
    record(by=system, verb="alone")
    assert verbs() == ["alone"]


@pytest.mark.django_db(transaction=True)
def test_a_real_transaction_keeps_them_too(system):
    outer(system)
    assert verbs() == ["inner.done", "inner.failed", "outer.begun"]
    with pytest.raises(ValueError):
        outer(system, fails=True)
    assert len(verbs()) == 3


@writes
def keyed(by):
    key = new_key()
    first = [is_first("answer", key), is_first("answer", key), is_first("consent", key)]
    try:
        with transaction.atomic():
            used_and_undone(by, key)
    except ValueError:
        first.append(is_first("letter", key))
    return key, first


@writes
def used_and_undone(by, key):
    assert is_first("letter", key)
    raise ValueError


def test_nothing_can_be_about_a_key_that_this_action_made(system, db):
    key, first = keyed(system)
    assert first == [True, False, True, True]
    # Afterwards, and for a key that came from elsewhere, somebody has to look.
    assert not is_first("answer", key)
    assert not writes(lambda: is_first("answer", key))()
    assert not is_first("answer", None)
