"""Terms in versions, asked at application; and the accessibility statement that claims no more than was tested."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people.models import AccessibilityStatement, TermsAcceptance, TermsVersion
from sonjuku.rooms.people.rules import claims_conformity
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


def public(name: str) -> str:
    return Client().get(reverse(f"public:{name}", args=["hagi"])).content.decode()


def sent(**fields: Any) -> dict[str, Any]:
    base = {
        "operator_name": "萩協議会", "operator_address": "萩市", "operator_representative": "会長 見本 太郎",
        "text": "第1条 本文", "text_en": "", "changes": "", "valid_from": timezone.localdate(),
    }  # fmt: skip
    return {**base, **fields}


def test_the_sample_must_be_read_before_it_is_published(desk, council, running):
    page = desk.get(url("terms_edit", "terms")).content.decode()
    assert "【見本です" in page
    sample = desk.post(url("terms_edit", "terms"), sent(text="【見本です】\n第1条"))
    assert (sample.status_code, TermsVersion.objects.count()) == (422, 0)
    assert "まだ公開されていません" in public("terms")
    # The first steps say it until the council calls for anything, then a card of its own.
    assert "規約がそろっていません" not in desk.get(url("home")).content.decode()
    running()
    assert "規約がそろっていません" in desk.get(url("home")).content.decode()
    desk.post(url("terms_edit", "terms"), sent())
    desk.post(url("terms_edit", "privacy"), sent(text="方針"))
    assert "会長 見本 太郎" in public("terms")
    assert "方針" in public("privacy")
    assert "規約がそろっていません" not in desk.get(url("home")).content.decode()


def test_a_draft_is_changed_a_version_in_force_is_not(desk, council, acting):
    today = timezone.localdate()
    desk.post(url("terms_edit", "terms"), sent())
    desk.post(url("terms_edit", "terms"), sent(text="二版", valid_from=today + DAY))
    assert TermsVersion.objects.count() == 1  # without saying what changed
    for text in ("二版", "二版の直し"):
        desk.post(
            url("terms_edit", "terms"), sent(text=text, changes="第2条を足した", valid_from=today + DAY)
        )
    assert list(TermsVersion.objects.order_by("number").values_list("number", "text")) == [
        (1, "第1条 本文"), (2, "二版の直し")
    ]  # fmt: skip
    assert "二版" not in public("terms")
    first = TermsVersion.objects.get(number=1)
    with pytest.raises(Refused, match="in_force"):
        people.save_terms(
            by=acting,
            council=council,
            kind="terms",
            valid_from=today,
            version=first,
            text="改ざん",
            changes="x",
        )
    with pytest.raises(Refused, match="past"):
        people.save_terms(
            by=acting, council=council, kind="terms", valid_from=today - DAY, text="x", changes="x",
            operator_name="x",
        )  # fmt: skip
    tomorrow = privacy_queries.terms_in_force(council, today + DAY)
    assert tomorrow["terms"].number == 2


def test_an_applicant_agrees_once_to_each_version(council, make_person, acting, desk):
    person = make_person(council)
    desk.post(url("terms_edit", "terms"), sent())
    desk.post(url("terms_edit", "privacy"), sent())
    asked = privacy_queries.terms_to_accept(council, person, timezone.localdate())
    with pytest.raises(Refused, match="terms_changed"):
        people.accept_terms(by=acting, person=person, agreed=[asked[0].pk])
    assert not TermsAcceptance.objects.exists()
    ids = [version.pk for version in asked]
    assert [people.accept_terms(by=acting, person=person, agreed=ids) for _ in range(2)] == [2, 0]
    assert privacy_queries.terms_to_accept(council, person, timezone.localdate()) == []
    later = acting.now(acting.at + DAY)
    new = people.save_terms(
        by=acting, council=council, kind="terms", valid_from=timezone.localdate() + DAY, text="新",
        changes="第1条", operator_name="萩協議会",
    )  # fmt: skip
    assert people.accept_terms(by=acting, person=person, agreed=[]) == 0
    with pytest.raises(Refused, match="terms_changed"):
        people.accept_terms(by=later, person=person, agreed=ids)
    assert people.accept_terms(by=later, person=person, agreed=[new.pk]) == 1


def test_no_more_is_claimed_than_was_tested(desk, council):
    assert "まだ行っていません" in public("accessibility")
    base = {
        "target": "JIS X 8341-3:2016 レベルAA", "result": "met", "exceptions": "地図は読み上げに向きません。電話で案内します。",
        "other_ways": "電話でも申し込めます",
    }  # fmt: skip
    assert desk.post(url("accessibility"), base).status_code == 422
    claim = {**base, "result": "considered", "exceptions": "AAに適合しています"}
    assert desk.post(url("accessibility"), claim).status_code == 422
    assert not AccessibilityStatement.objects.exists()
    today = timezone.localdate()
    desk.post(url("accessibility"), {**base, "result": "partial", "tested_on": today, "tested_by": "協議会"})
    page = public("accessibility")
    assert "一部準拠" in page
    assert "電話で案内します" in page
    assert "電話でも申し込めます" in page
    assert "まだ行っていません" not in page


@pytest.mark.parametrize(
    ("text", "claims"),
    [("AAに適合", True), ("Conforms to AA", True), ("不適合が3件", False), ("確認のための準拠", False)],
)
def test_the_word_for_an_assessment_is_found(text, claims):
    assert claims_conformity(text) is claims
