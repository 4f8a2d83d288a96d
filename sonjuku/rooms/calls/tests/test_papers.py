"""What a call's papers also say, and the addresses that other bodies spread."""

from dataclasses import replace

import pytest

from sonjuku.rooms.calls import actions, paper_queries
from sonjuku.rooms.calls.models import Application, PaperTerms, ReferralLink
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import ShortCode
from sonjuku.rooms.people.models import Body
from sonjuku.toolbox.refusals import Refused


@pytest.fixture
def call(make_call, council):
    return make_call(council)


def test_terms_are_kept_and_the_journal_knows_which(call, secretariat):
    actions.set_paper_terms(by=secretariat, call=call, document_number="萩協第{n}号", seal_omitted=True)
    actions.set_paper_terms(
        by=secretariat, call=call, document_number="萩協第{n}号", fax_number="0838-00-0001"
    )
    terms = paper_queries.paper_terms(call)
    assert (terms.document_number, terms.seal_omitted, terms.fax_number) == (
        "萩協第{n}号",
        True,
        "0838-00-0001",
    )
    entries = Entry.objects.filter(verb="call.papers_changed").order_by("at", "id")
    assert [entry.field_names for entry in entries] == [["document_number", "seal_omitted"], ["fax_number"]]
    assert PaperTerms.objects.count() == 1


def test_another_councils_secretariat_may_not(call, secretariat, other_council):
    foreign = replace(secretariat, council_id=other_council.id, body_id=other_council.host.id)
    for action, more in (
        (actions.set_paper_terms, {"fax_number": "1"}),
        (actions.keep_bulletin, {"text": "文", "length": 20}),
        (actions.make_referral_links, {"bodies": []}),
        (actions.door_of, {"path": "/c/hagi/"}),
    ):
        with pytest.raises(Refused, match="other_council"):
            action(by=foreign, call=call, **more)


def test_only_terms_of_papers_can_be_set(call, secretariat):
    with pytest.raises(ValueError, match="last_number"):
        actions.set_paper_terms(by=secretariat, call=call, last_number=7)


def test_a_bulletin_of_exactly_the_length_is_kept_and_one_more_refused(call, secretariat):
    actions.keep_bulletin(by=secretariat, call=call, text="あ" * 20, length=20)
    with pytest.raises(Refused) as refused:
        actions.keep_bulletin(by=secretariat, call=call, text="あ" * 20 + "a", length=20)
    assert refused.value.code == "too_long"
    assert "1字" in str(refused.value.message)
    assert paper_queries.paper_terms(call).bulletin_text == "あ" * 20


def test_a_call_has_one_lasting_code(call, secretariat):
    first = actions.door_of(by=secretariat, call=call, path="/c/hagi/calls/call-1/")
    assert actions.door_of(by=secretariat, call=call, path="/c/hagi/calls/call-1/") == first
    assert ShortCode.objects.get() == first
    assert (first.path, first.expires_at) == ("/c/hagi/calls/call-1/", None)
    moved = actions.door_of(by=secretariat, call=call, path="/c/hagi/calls/other/")
    assert moved.path == "/c/hagi/calls/other/"


def test_each_body_gets_one_address(call, council, secretariat):
    chamber = Body.objects.create(council=council, type="npo", name="商工会議所")
    assert actions.make_referral_links(by=secretariat, call=call, bodies=[council.host, chamber]) == 2
    assert actions.make_referral_links(by=secretariat, call=call, bodies=[council.host, chamber]) == 0
    assert ReferralLink.objects.values("code").distinct().count() == 2


def test_a_body_of_another_council_gets_none(call, other_council, secretariat):
    with pytest.raises(Refused, match="other_council"):
        actions.make_referral_links(by=secretariat, call=call, bodies=[other_council.host])


def test_a_body_sees_its_own_addresses_of_public_calls_only(make_call, council, secretariat):
    chamber = Body.objects.create(council=council, type="npo", name="商工会議所")
    live, draft = make_call(council, state="open"), make_call(council, state="draft")
    for call in (live, draft):
        actions.make_referral_links(by=secretariat, call=call, bodies=[council.host, chamber])
    staff = replace(secretariat, role="body_staff", body_id=chamber.id)
    assert [(link.call, link.body) for link in paper_queries.referral_links_visible_to(staff)] == [
        (live, chamber)
    ]
    assert not paper_queries.referral_links_visible_to(replace(secretariat, role="school_contact")).exists()


def test_applications_are_counted_by_address_without_drafts(call, council, make_person, secretariat):
    actions.make_referral_links(by=secretariat, call=call, bodies=[council.host])
    link = ReferralLink.objects.get()
    for referral, state in (
        (link.code, "submitted"),
        (link.code, "draft"),
        ("", "submitted"),
        ("", "accepted"),
    ):
        Application.objects.create(
            council=council, call=call, person=make_person(council), state=state, referral=referral
        )
    assert paper_queries.by_referral(call) == {link.code: 1, "": 2}
    assert paper_queries.brought_by([link]) == {link.code: 1}
    assert paper_queries.referral_link(call, link.code.lower()) == link
    assert paper_queries.referral_link(call, "") is None
