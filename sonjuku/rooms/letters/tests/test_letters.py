import datetime as dt
import re

import pytest
from django.db import transaction

from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters import actions, queries, rules
from sonjuku.rooms.letters.models import Letter, ShortCode
from sonjuku.toolbox.refusals import Refused

CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LATER = dt.timedelta(minutes=10)


def filler(kind: str) -> dict[str, str]:
    return {name: f"<{name}>" for name in rules.names_of(kind)}


@pytest.fixture
def put(council, secretariat):
    def put(key="k1", **fields):
        base = {
            "by": secretariat,
            "council": council,
            "kind": "receipt",
            "context": {"call_title": "講座", "code": "7F3K-22QX", "person_name": "見本 花子"},
            "path": "/me/",
            "to_address": "hanako@example.jp",
        }
        return actions.queue(**{**base, "key": key, **fields})

    return put


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize("kind", rules.KINDS)
@pytest.mark.parametrize("full", [True, False])
def test_every_kind_has_words_in_both_languages(council, kind, language, full):
    context = filler(kind) if full else {"call_title": "C", "subject": "S"}
    draft = queries.preview(kind, context, council, language)
    assert draft.subject
    assert len(draft.body) > 60
    assert "{{" not in draft.body
    assert "\n\n\n" not in draft.body
    if language == "en":
        assert not CJK.search(draft.subject + draft.body)


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_name_a_kind_promises_is_used_by_its_wording(council, kind, language):
    used = "".join(
        queries.preview(kind, {**filler(kind), **dict.fromkeys(empty, "")}, council, language).body
        + queries.preview(kind, {**filler(kind), **dict.fromkeys(empty, "")}, council, language).subject
        for empty in ((), ("guardian_due",), ("guardian_due", "accepted"), ("starts_at",), ("waiting_place",))
    )
    switches = {"given", "accepted", "done"}  # yes or no: they choose words, they are not shown
    english_unsaid = {"waitlist", "selected", "promotion", "withdraw"} if language == "en" else set()
    for name in set(rules.KINDS[kind].names) - switches - english_unsaid:
        assert f"<{name}>" in used, name


def test_a_letter_carries_a_short_address_and_a_code_that_opens_its_page(put, at, settings):
    settings.SITE_URL = "https://example.jp"
    letter = put()
    code = letter.short_code_id
    assert f"https://example.jp/k/ を開き、番号 {code} を" in letter.body
    assert "https://example.jp/me/" in letter.body
    assert queries.path_of(f" {code[:3].lower()}-{code[3:]} ", at) == "/me/"
    assert queries.path_of(code, at + actions.CODE_LIVES) is None
    assert queries.path_of("ZZZZZZ", at) is None


def test_the_footer_names_whom_to_ask(put, council):
    council.contact_office, council.contact_phone = "企業誘致推進課", "0000-00-0000"
    letter = put()
    assert "企業誘致推進課" in letter.body
    assert "0000-00-0000" in letter.body
    theirs = put(key="k2", context={"call_title": "講座", "contact_office": "講座の係"})
    assert "講座の係" in theirs.body
    assert "企業誘致推進課" not in theirs.body


def test_the_same_key_writes_one_letter(put):
    first = put()
    assert put(context={"call_title": "別"}).id == first.id
    assert Letter.objects.count() == ShortCode.objects.count() == 1


def test_without_an_address_the_letter_is_held_for_paper(put, council, make_person, secretariat):
    person = make_person(council, email="")
    letter = put(person=person, to_address="")
    assert letter.state == Letter.State.HELD
    with pytest.raises(Refused) as no:
        actions.send_again(by=secretariat, letter=letter)
    assert no.value.code == "letter_no_address"
    person.email = "now@example.jp"
    person.save()
    assert actions.send_again(by=secretariat, letter=letter).to_address == "now@example.jp"


def test_the_persons_language_and_address_are_taken(put, council, make_person):
    letter = put(person=make_person(council, language="en", email="e@example.jp"), to_address="")
    assert (letter.language, letter.to_address) == ("en", "e@example.jp")
    assert "/en/me/" in letter.body
    assert letter.short_code.path == "/en/me/"


def test_a_council_can_use_its_own_words(put, council, secretariat):
    actions.save_wording(
        by=secretariat, council=council, kind="receipt", language="ja",
        subject="{{ call_title }}を承りました", body="{{ person_name }}さん、番号は {{ code }} です。",
    )  # fmt: skip
    letter = put()
    assert letter.subject == "講座を承りました"
    assert letter.body.startswith("見本 花子さん、番号は 7F3K-22QX です。\n")
    assert "/k/ を開き" in letter.body


@pytest.mark.parametrize(
    "body", ["{% include 'letters/offer.ja.txt' %}", "{% debug %}", "{{ code|center:99 }}"]
)
def test_a_councils_words_cannot_run_anything(council, secretariat, body):
    with pytest.raises(Refused) as no:
        actions.save_wording(
            by=secretariat, council=council, kind="offer", language="ja", subject="x", body=body
        )
    assert no.value.code == "wording_unreadable"


def test_text_is_not_escaped_as_html(put):
    assert "「A & B <C>」" in put(context={"call_title": "A & B <C>"}).body


def test_nothing_is_queued_when_the_story_around_it_fails(put):
    def story():
        with transaction.atomic():
            put()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        story()
    assert not Letter.objects.exists()
    assert not Entry.objects.exists()


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(put, at, settings):
    put()
    mine = actions.claim_due(by=Actor(at=at, role="system"), limit=9)
    assert len(mine) == 1
    assert actions.claim_due(by=Actor(at=at, role="system"), limit=9) == []
    late = at + dt.timedelta(seconds=settings.TASK_LEASE_SECONDS)
    theirs = actions.claim_due(by=Actor(at=late, role="system"), limit=9)
    assert [row.id for row in theirs] == [mine[0].id]
    assert not actions.mark_sent(by=Actor(at=late, role="system"), letter=mine[0])
    assert actions.mark_sent(by=Actor(at=late, role="system"), letter=theirs[0])


def test_a_letter_for_later_is_left(put, at):
    put(due_at=at + LATER)
    assert actions.claim_due(by=Actor(at=at, role="system"), limit=9) == []
    assert len(actions.claim_due(by=Actor(at=at + LATER, role="system"), limit=9)) == 1


def test_failures_back_off_and_end(put, at, secretariat):
    put()
    clock = at
    for minutes in rules.BACKOFF_MINUTES:
        (letter,) = actions.claim_due(by=Actor(at=clock, role="system"), limit=9)
        letter = actions.mark_failed(by=Actor(at=clock, role="system"), letter=letter, problem="OSError")
        assert letter.state == Letter.State.QUEUED
        assert letter.due_at == clock + dt.timedelta(minutes=minutes)
        clock = letter.due_at
    (letter,) = actions.claim_due(by=Actor(at=clock, role="system"), limit=9)
    actions.mark_failed(by=Actor(at=clock, role="system"), letter=letter, problem="OSError")
    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    actions.send_again(by=secretariat.now(clock), letter=letter)
    assert len(actions.claim_due(by=Actor(at=clock, role="system"), limit=9)) == 1


def test_letters_are_seen_by_their_person_and_by_the_councils_desk(
    put, council, other_council, make_person, make_account, secretariat, make_staff, at
):
    mine = put(person=make_person(council, account=make_account("me@example.jp")), about_id=None)
    put(key="k2", person=make_person(council, account=make_account("you@example.jp")))
    me = Actor(at=at, role="member", account_id=mine.person.account_id)
    assert list(queries.visible_to(me)) == [mine]
    assert queries.visible_to(secretariat).count() == 2
    stranger = Actor(at=at, role="secretariat", council_id=other_council.id, body_id=other_council.host.id)
    assert not queries.visible_to(stranger).exists()
    for role in ("public", "reviewer", "prefecture_officer", "school_contact", "member"):
        assert not queries.visible_to(Actor(at=at, role=role, council_id=council.id)).exists()


def test_a_body_sees_letters_of_its_own_calls_only(put, council, make_person, at):
    row = make_person(council).id
    put(about_id=row)
    put(key="k2")
    body_staff = Actor(at=at, role="body_staff", council_id=council.id, body_id=council.host.id)
    assert not queries.visible_to(body_staff).exists()
    assert queries.visible_to(body_staff, about_ids=[row]).count() == 1


def test_the_journal_holds_no_address(put, council, make_person):
    letter = put(person=make_person(council))
    entry = Entry.objects.get(verb="letter.queued")
    assert entry.for_person_id == letter.person_id
    assert entry.field_names == []
