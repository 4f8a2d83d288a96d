"""A templated canonical form is the real one, byte for byte, whatever the values; and a template covers nothing else."""

import copy
import hashlib
import json
from datetime import timedelta
from uuid import UUID

import pyoxigraph
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sonjuku.protocols.openbadges import build, canonical, contexts, keys, proofs, templates

# Everything that is signed: control characters, signs beyond the BMP, what looks like our own marks.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
) | st.sampled_from(
    [
        '"',
        "\\",
        "\n",
        "\\n",
        "{0}",
        "{",
        "_:c14n0",
        "<urn:x>",
        '" .\n<a> <b> "c',
        "\0\x7f\x1f",
        "𠮷田",
        "é",
    ]
)
PROOF = {"type": "DataIntegrityProof"}


def real(document):
    return canonical.canonical(document)


def independent(document):
    inlined = {**document, "@context": [contexts.context(url)["@context"] for url in document["@context"]]}
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(json.dumps(inlined), format=pyoxigraph.RdfFormat.JSON_LD))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def identity(value, salt):
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": value,
        "identityType": "emailAddress",
        "salt": salt,
    }


@pytest.fixture
def two_identities(badge):
    badge["credentialSubject"]["identifier"] = [identity("sha256$aa", "a"), identity("sha256$bb", "b")]
    return badge


def values(document):
    return [value for _, _, value in templates.skeleton(document)[1]]


def changed(document, new):
    _, slots = templates.skeleton(document)
    return templates._with(document, slots, [*new, *(value for _, _, value in slots[len(new) :])])


def with_texts(document, texts):
    """The document with these texts in its text slots, as many as there are."""
    _, slots = templates.skeleton(document)
    texts = iter(texts)
    new = [next(texts, value) if kind is templates._TEXT else value for _, kind, value in slots]
    return templates._with(document, slots, new)


def test_a_badge_has_the_slots_that_differ_between_badges(badge):
    paths = [path for path, _, _ in templates.skeleton(badge)[1]]
    assert paths == [
        ("id",),
        ("validFrom",),
        ("validUntil",),
        ("credentialSubject", "identifier", 0, "identityHash"),
        ("credentialSubject", "identifier", 0, "salt"),
        ("evidence", 0, "name"),
        ("evidence", 0, "narrative"),
        ("evidence", 1, "name"),
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=4, max_size=5, unique=True))
@example(texts=["\0", "\x1f", "\x7f", "\x85"])
def test_any_text_gives_the_real_form(badge, texts):
    template = templates.Template(badge)
    document = with_texts(badge, texts)
    assert template.fill(values(document)) == real(document) == independent(document)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=4, max_size=4))
def test_two_identities_are_labelled_anew(two_identities, texts):
    template = templates.Template(two_identities)
    document = with_texts(two_identities, texts)
    filled = template.fill(values(document))
    # Two identities with the same words can't be told apart by their own statements.
    assert filled == (None if texts[:2] == texts[2:] else real(document))


def test_labels_do_change_with_the_values(two_identities):
    template = templates.Template(two_identities)
    orders = {template._order([str(n), "s", *"abcdefg"]) for n in range(20)}
    assert len(orders) > 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 2**48 - 1), day=st.integers(0, 20_000))
def test_any_id_and_date_give_the_real_form(badge, at, number, day):
    template = templates.Template(badge)
    when = proofs.wire_time(at - timedelta(days=10_000) + timedelta(days=day))
    document = changed(badge, [f"urn:uuid:00000000-0000-4000-8000-{number:012x}", when])
    assert template.fill(values(document)) == real(document)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=4, max_size=5))
def test_the_form_is_sound_whatever_the_values(badge, texts):
    canonical.check_form(with_texts(badge, texts), PROOF)


def test_names_that_meet_go_the_long_way(badge):
    del badge["credentialSubject"]["identifier"]
    badge["credentialSubject"]["id"] = "urn:uuid:00000000-0000-4000-8000-00000000000a"
    template = templates.Template(badge)
    own = values(badge)
    assert template.fill(own) == real(badge)
    assert template.fill([badge["credentialSubject"]["id"], *own[1:]]) is None
    achievement = badge["credentialSubject"]["achievement"]["id"]
    assert template.fill([achievement, *own[1:]]) is None


def other_skeletons(badge):
    yield {**badge, "name": badge["name"] + "x"}
    yield {**badge, "grade": "A"}
    yield {**badge, "validFrom": "2026-11-01T03:00:00+00:00"}
    yield {**badge, "validFrom": None}
    yield {**badge, "id": "https://example.jp/1"}
    yield {name: value for name, value in badge.items() if name != "validUntil"}
    for value in (1, 1.0, "true", [True], None):
        other = copy.deepcopy(badge)
        other["credentialSubject"]["identifier"][0]["hashed"] = value
        yield other
    other = copy.deepcopy(badge)
    other["credentialSubject"]["identifier"] = [other["credentialSubject"]["identifier"]]
    yield other
    other = copy.deepcopy(badge)
    other["evidence"][0]["name"] = ["出席"]
    yield other


def test_whatever_differs_outside_the_slots_is_another_template(badge):
    key = templates.skeleton(badge)[0]
    others = [templates.skeleton(other)[0] for other in other_skeletons(badge)]
    assert key not in others
    assert len(set(others)) == len(others)


def test_a_slot_takes_the_place_of_no_value(badge):
    """What a skeleton writes for a slot can't be written by a document."""
    _, slots = templates.skeleton(badge)
    for path, _, _ in slots:
        for value in (None, "", 0, {}, []):
            other = templates._with(badge, slots, values(badge))
            place = other
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            assert templates.skeleton(other)[0] != templates.skeleton(badge)[0]


def met_twice(shelf, badge):
    for _ in range(2):
        shelf.hash_data(badge, PROOF)
    return shelf


def test_from_the_third_badge_on_the_canonicaliser_rests(badge, monkeypatch):
    shelf = met_twice(templates.Shelf(), badge)
    monkeypatch.setattr(canonical, "canonical", lambda *args: pytest.fail("canonicalised"))
    monkeypatch.setattr(canonical, "check_form", lambda *args: pytest.fail("checked"))
    document = with_texts(badge, ["sha256$01", "salt", "x"])
    found = shelf.hash_data(document, PROOF)
    monkeypatch.undo()
    options = {**PROOF, "@context": document["@context"]}
    assert found == b"".join(hashlib.sha256(real(part)).digest() for part in (options, document))


def test_a_term_that_no_context_knows_is_refused_after_a_thousand_good_badges(badge):
    shelf = met_twice(templates.Shelf(), badge)
    for path in ("credentialSubject", "issuer"):
        other = copy.deepcopy(badge)
        other[path]["grade"] = "A"
        with pytest.raises(canonical.NotCanonical, match="unsigned_terms"):
            shelf.hash_data(other, PROOF)
    with pytest.raises(canonical.NotCanonical, match="unsigned_terms"):
        shelf.hash_data(badge, {**PROOF, "grade": "A"})


def test_badges_that_look_alike_inside_are_signed_all_the_same(badge, key, at):
    badge["evidence"] = [badge["evidence"][0], dict(badge["evidence"][0])]
    for _ in range(4):
        assert proofs.verify(proofs.sign(badge, key, at), at).ok


def test_a_forged_value_in_a_slot_is_found(badge, at):
    key = keys.new_key()
    badge["issuer"]["id"] = key.did
    signed = [proofs.sign(with_texts(badge, [f"sha256${n}"]), key, at) for n in range(4)]
    assert all(proofs.verify(one, at).ok for one in signed)
    forged = {**signed[3], "credentialSubject": signed[2]["credentialSubject"]}
    assert [check.reason for check in proofs.verify(forged, at).checks if not check.ok] == ["wrong_signature"]


def test_a_badge_with_a_status_entry_is_templated(badge):
    def listed(number):
        return {
            **badge,
            "credentialStatus": {
                "id": f"https://sonjuku.example/status/1#{number}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(number),
                "statusListCredential": "https://sonjuku.example/status/1",
            },
        }

    template = templates.Template(listed(7))
    assert template.fill(values(listed(131_071))) == real(listed(131_071))


def test_no_id_that_a_context_would_shorten_fits_a_slot():
    prefixes = {
        definition["@id"] if isinstance(definition, dict) else definition
        for url in (contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_3)
        for definition in contexts.context(url)["@context"].values()
        if isinstance(definition, str) or (isinstance(definition, dict) and definition.get("@prefix"))
    }
    assert not [
        prefix
        for prefix in prefixes
        if templates._ENTRY.fits(prefix.rstrip("#/") + "/x#1") or templates._ID.fits(prefix)
    ]


def test_the_shelf_forgets_and_refuses_to_grow(badge):
    shelf = templates.Shelf(most=4)
    for number in range(20):
        shelf._learn({**badge, "name": str(number)})
    assert len(shelf._kept) == 4
    big = {**badge, "name": "長" * templates.LONGEST_SKELETON}
    with pytest.raises(templates.NotTemplated):
        templates.skeleton(big)


def test_the_smallest_badge_is_templated(key, at):
    def small(number):
        return build.achievement_credential(
            id=UUID(int=number),
            issuer=build.Issuer(key.did, "会"),
            achievement=build.Achievement(
                "urn:uuid:00000000-0000-0000-0000-000000000002", "名", "説明", "条件"
            ),
            subject=UUID(int=number + 1000),
            valid_from=at,
        )

    assert templates.Template(small(7)).fill(values(small(99))) == real(small(99))
