import datetime as dt

from sonjuku.rooms.letters import rules

AT = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)


def test_a_failed_letter_waits_longer_each_time_and_then_stops():
    waits = [rules.next_attempt(n, AT) for n in (1, 2, 3)]
    assert waits == [AT + dt.timedelta(minutes=m) for m in (1, 5, 30)]
    assert rules.next_attempt(len(rules.BACKOFF_MINUTES) + 1, AT) is None


def test_a_deadline_at_midnight_is_said_as_the_day_before():
    midnight_in_tokyo = dt.datetime(2026, 11, 29, 15, 0, tzinfo=dt.UTC)
    assert rules.spoken("confirm_by", midnight_in_tokyo, "ja") == "2026年11月29日（日）まで"
    assert rules.spoken("confirm_by", midnight_in_tokyo, "en") == "until Sun 29 Nov 2026"


def test_an_english_letter_takes_the_english_value_where_there_is_one():
    context = {"call_title": "講座", "call_title_en": "Course", "venue": "市民館", "venue_en": ""}
    assert rules.in_language(context, "en")["call_title"] == "Course"
    assert rules.in_language(context, "en")["venue"] == "市民館"
    assert rules.in_language(context, "ja")["call_title"] == "講座"


def test_the_first_line_is_the_subject():
    assert rules.split("\n 件名 です\n\n本文\n二行目\n") == ("件名 です", "本文\n二行目\n")


def test_english_letters_lead_to_english_pages():
    assert rules.path_in("/me/", "en") == "/en/me/"
    assert rules.path_in("/en/me/", "en") == "/en/me/"
    assert rules.path_in("/me/", "ja") == "/me/"
