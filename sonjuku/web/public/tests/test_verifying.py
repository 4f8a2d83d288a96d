"""The verify page takes anything, says who issued it and what it could not check, and keeps nothing."""

import io
import json
import logging
import re
from html import unescape

import pytest
import segno
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from sonjuku.protocols.openbadges import baking, build, endorsing, image, keys, proofs, vcjwt
from sonjuku.protocols.openbadges.tests import hostile
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award, CertificateKind, Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.queries import verification
from sonjuku.rooms.credentials.tests.conftest import *  # noqa: F403
from sonjuku.rooms.forms.models import Upload

pytestmark = pytest.mark.django_db
V = Award.Visibility


def bring(client, prefix="", **data):
    response = client.post(prefix + reverse("public:verify"), data)
    return response, re.sub(r"\s+", " ", unescape(response.content.decode()))


def report_of(client, **data):
    return bring(client, **data)[0].context["report"]


def file(data, name="badge.json"):
    return SimpleUploadedFile(name, data)


def qr(text, kind="PNG"):
    out = io.BytesIO()
    segno.make(text, error="l", micro=False).save(out, kind="png", scale=5, border=4)
    shot = Image.new("RGB", (1170, 2532), "white")
    shot.paste(Image.open(out).convert("RGB"), (30, 300))
    photo = io.BytesIO()
    shot.save(photo, kind)
    return photo.getvalue()


def shown(award):
    Award.objects.filter(pk=award.pk).update(visibility=V.PUBLIC)
    return award


def stranger_badge(at, key=None, **fields):
    """A badge of somebody whom no council knows."""
    key = key or keys.new_key()
    document = hostile.unsigned(key.did, validUntil="2999-01-01T00:00:00Z") | fields
    return proofs.sign(document, key, at), key


# What it takes


def test_a_token_of_ours_is_genuine_and_names_the_council(client, award, council):
    response, words = bring(client, text=actions.token(award))
    report = response.context["report"]
    assert (report.result, report.council) == ("ok", council)
    assert "本物です" in words
    assert council.title in words


@pytest.mark.parametrize("bake", ["png", "svg"])
def test_a_token_inside_an_image(client, award, bake):
    token = actions.token(award)
    if bake == "png":
        data = baking.bake_png(image.badge_png("題", "", "#123456"), token)
    else:
        data = baking.bake_svg(image.badge_svg("題", "", "#123456").encode(), token)
    assert report_of(client, file=file(data, f"badge.{bake}")).result == "ok"


def test_a_changed_token_is_called_wrong(client, award):
    head, body, sign = actions.token(award).split(".")
    other = body[:-4] + ("AAAA" if body[-4:] != "AAAA" else "BBBB")
    response, words = bring(client, text=f"{head}.{other}.{sign}")
    assert response.context["report"].result == "bad"
    assert "本物です" not in words


def test_a_revoked_badge_is_revoked_as_a_token_too(client, award, secretariat):
    token = actions.token(award)
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="別の人に渡していた")
    response, words = bring(client, text=token)
    assert response.context["report"].verdict == "revoked"
    assert "発行者が取り消した証明です" in words


def test_the_key_that_was_struck_out_taints_the_token(client, award, secretariat):
    token = actions.token(award)
    award.issuer_key.retired_at = award.issuer_key.struck_at = secretariat.at
    award.issuer_key.save(update_fields=["retired_at", "struck_at"])
    assert report_of(client, text=token).result == "bad"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_screenshot_of_a_code_leads_to_our_badge(client, award, settings, kind):
    shown(award)
    data = qr(f"{settings.SITE_URL}/badges/{award.id}/", kind)
    assert report_of(client, file=file(data, f"shot.{kind.lower()}")).result == "ok"


def test_a_code_of_a_hidden_badge_leads_nowhere(client, award, settings):
    _response, words = bring(client, file=file(qr(f"{settings.SITE_URL}/badges/{award.id}/"), "shot.png"))
    assert "公開されているバッジがありません" in words


def test_a_code_that_holds_a_token(client, at):
    document, key = stranger_badge(at)
    plain = {name: value for name, value in document.items() if name not in ("proof", "evidence")}
    token = vcjwt.sign(plain, vcjwt.SoftwareSigner(key.private, key.verification_method))
    report = report_of(client, file=file(qr(token), "shot.png"))
    assert {one.name: one.result for one in report.findings}["proof"] == "ok"


def test_a_photo_without_a_code_says_so(client):
    plain = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(plain, "JPEG")
    assert "QRコードが見つかりません" in bring(client, file=file(plain.getvalue(), "photo.jpg"))[1]
    assert "10 MBまで" in bring(client, file=file(b"\xff\xd8\xff" + bytes(11 * 1024 * 1024), "photo.jpg"))[1]


def test_the_page_of_an_endorsement_is_read_by_its_address(
    client, award, holder, kind, secretariat, settings
):
    base = actions.claim_badge(
        by=holder[1], person=award.person, kind=kind, data=queries.wire_text(award).encode()
    )
    base = actions.check_certificate(by=secretariat, certificate=base)
    laid = actions.endorse(
        by=secretariat, endorsement=actions.ask_endorsement(by=holder[1], certificate=base)
    )
    address = f"{settings.SITE_URL}/endorsements/{laid.id}/"
    assert not report_of(client, text=address).is_read
    Endorsement.objects.filter(pk=laid.pk).update(visibility="public")
    response, words = bring(client, text=address)
    assert (response.context["report"].result, response.context["report"].kind) == ("ok", "endorsement")
    assert "もとの証明と合っているかどうか" in words
    both = report_of(client, text=json.dumps(laid.credential), file=file(queries.wire_text(award).encode()))
    assert both.result == "ok"
    assert [layer.report.findings[-1].code for layer in both.layers] == ["beside"]


def test_two_things_that_are_no_pair_are_sent_back(client, award, at):
    other, _key = stranger_badge(at)
    _response, words = bring(client, text=json.dumps(other), file=file(queries.wire_text(award).encode()))
    assert "1つずつ確かめてください" in words


def test_what_the_status_says_of_itself_is_not_said_twice(client, award, at):
    document, _key = stranger_badge(at)
    words = bring(client, text=json.dumps(document))[1]
    assert "失効していないかは確かめていません" in words
    assert "発行されたあとに失効していないかどうか" not in words
    assert "受け取った本人かどうか" in words


# Who issued it


def test_an_issuer_that_a_council_accepts_is_known_by_that(client, kind, at, council):
    document, key = stranger_badge(at)
    unknown = report_of(client, text=json.dumps(document))
    assert (unknown.result, unknown.accepted) == ("unknown", ())
    CertificateKind.objects.filter(pk=kind.pk).update(issuer_uri=key.did)
    response, words = bring(client, text=json.dumps(document))
    assert response.context["report"].accepted == (council,)
    assert "この発行者の証明を受け付けている協議会" in words
    CertificateKind.objects.filter(pk=kind.pk).update(is_accepted=False)
    assert report_of(client, text=json.dumps(document)).accepted == ()


def test_an_accepted_name_without_its_signature_is_nobodys(client, kind, at):
    document, key = stranger_badge(at)
    CertificateKind.objects.filter(pk=kind.pk).update(issuer_uri=key.did)
    forged = document | {"name": "博士"}
    report = report_of(client, text=json.dumps(forged))
    assert (report.result, report.accepted) == ("bad", ())


# Layers


def endorsement_of(target, at, key):
    unsigned = endorsing.endorsement_credential(
        id=hostile.UUID(int=9), issuer=build.Issuer(key.did, "県"), target=target,
        target_digest=endorsing.digest(b"-"), comment="認めます。", valid_from=at,
    )  # fmt: skip
    plain = {name: value for name, value in unsigned.items() if name != "relatedResource"}
    return vcjwt.sign(plain, vcjwt.SoftwareSigner(key.private, key.verification_method))


def test_an_endorsement_inside_is_a_layer_and_must_be_of_this_badge(client, at):
    key = keys.new_key()
    for target, code in (("urn:uuid:00000000-0000-0000-0000-000000000001", ""), ("urn:uuid:2", "other_id")):
        document, _key = stranger_badge(at, key, endorsementJwt=[endorsement_of(target, at, key)])
        response, words = bring(client, text=json.dumps(document))
        (layer,) = response.context["report"].layers
        found = layer.report.findings[-1]
        assert (layer.kind, found.name, found.code) == ("endorsement", "target", code)
        assert ("別の証明へのものです" in words) is bool(code)


def test_a_record_shows_each_member_with_its_own_findings(client, at):
    good, bad = hostile.signed(validUntil="2999-01-01T00:00:00Z"), hostile.signed(name="別")
    bad = bad | {"validUntil": "2999-01-01T00:00:00Z"}
    response, words = bring(client, text=json.dumps(hostile.clr(good)))
    report = response.context["report"]
    assert (report.kind, [layer.kind for layer in report.layers]) == ("record", ["member"])
    assert report.layers[0].report.result == "unknown"
    assert "この記録の中の証明" in words
    inside = report_of(client, text=json.dumps(hostile.clr(bad)))
    assert (inside.verdict, inside.layers[0].report.verdict) == ("inside_bad", "bad")


def test_a_record_of_very_many_is_not_checked_to_the_end(client, at, monkeypatch):
    monkeypatch.setattr(verification, "MOST_CREDENTIALS", 3)
    subject = {"type": ["ClrSubject"], "verifiableCredential": [hostile.signed() for _ in range(5)]}
    response, words = bring(client, text=json.dumps(hostile.clr(credentialSubject=subject)))
    report = response.context["report"]
    assert (len(report.layers), report.left_out) == (2, 3)
    assert report.result != "ok"
    assert "残りの証明" in words


@pytest.mark.parametrize(
    "issuer", ["did:key:z\0", "did:web:localhost%3A8000:c:ha\0gi", "school\0", "did:web:\0"]
)
def test_signs_that_no_database_takes_are_no_trouble(client, at, issuer):
    document, _key = stranger_badge(at)
    odd = document | {
        "issuer": issuer,
        "id": "urn:uuid:\0",
        "credentialStatus": hostile.entry()["credentialStatus"],
    }
    odd["proof"] = [document["proof"][0] | {"verificationMethod": f"{issuer}#\0"}]
    assert report_of(client, text=json.dumps(odd)).result == "bad"


# Verdicts in words


def test_an_expired_badge_is_not_called_a_forgery(client, at):
    document, _key = stranger_badge(at, validUntil="2026-01-01T00:00:00Z")
    response, words = bring(client, text=json.dumps(document | {}))
    assert response.context["report"].verdict == "expired"
    assert "有効期限が過ぎています" in words
    assert "正しい証明ではありません" not in words


def test_open_badges_2_can_be_read_once_the_operator_lets_it(client, settings, monkeypatch):
    found = hostile.jws()
    off = report_of(client, text=found)
    assert (off.kind, off.result, bool(off.needed)) == ("badge_2", "unknown", True)
    settings.FETCH = "https"
    world = {url: json.dumps(one).encode() for url, one in hostile.school().items()}
    monkeypatch.setattr("sonjuku.toolbox.fetching.Errand.get", lambda errand, url: world[url])
    on = report_of(client, text=found)
    assert {one.name: one.result for one in on.findings} == {
        "kind": "ok", "form": "ok", "issuer": "ok", "proof": "ok", "dates": "ok", "key": "unknown", "status": "ok",
    }  # fmt: skip
    assert on.missing == ()
    mine = report_of(client, text=found, email="a@example.jp")
    assert {one.name: one.result for one in mine.findings}["holder"] == "ok"
    other = report_of(client, text=found, email="b@example.jp")
    assert {one.name: one.result for one in other.findings}["holder"] == "bad"


@pytest.mark.parametrize("found", [hostile.jws(), json.dumps(hostile.assertion("HostedBadge"))])
def test_an_issuer_that_was_not_asked_has_not_said_that_it_holds(client, found):
    results = {one.name: one.result for one in report_of(client, text=found).findings}
    assert results["status"] == results["proof"] == "unknown"


def test_an_old_badge_without_a_list_is_not_said_to_be_unrevoked(client, settings, monkeypatch):
    settings.FETCH = "https"
    profile = {
        name: one for name, one in hostile.school()[f"{hostile.SITE}/i"].items() if name != "revocationList"
    }
    world = {url: json.dumps(one).encode() for url, one in hostile.school(i=profile).items()}
    monkeypatch.setattr("sonjuku.toolbox.fetching.Errand.get", lambda errand, url: world[url])
    found = {one.name: one for one in report_of(client, text=hostile.jws()).findings}
    assert (found["proof"].result, found["status"].code) == ("ok", "no_status")


# What it leaves behind


def test_nothing_that_was_brought_is_kept_or_logged(client, award, caplog):
    caplog.set_level(logging.DEBUG)
    text = queries.wire_text(award).replace("全8回", "全9回")
    bring(client, text=text)
    bring(client, file=file(text.encode()))
    assert not Upload.objects.exists()
    assert not OutsideCertificate.objects.exists()
    assert award.credential["proof"][0]["proofValue"] not in caplog.text
    assert "全9回" not in caplog.text


def test_whoever_asks_too_often_waits(client, settings):
    cache.clear()
    settings.VERIFY_RATE = 2
    for _ in range(2):
        assert bring(client, text="hello")[0].status_code == 200
    response, words = bring(client, text="hello")
    assert response.status_code == 429
    assert "秒待ってから" in words
    cache.clear()


def test_the_page_is_whole_in_english(client, award):
    forged = json.loads(queries.wire_text(award))
    forged["credentialSubject"]["achievement"]["name"] = "博士"
    _response, words = bring(client, "/en", text=json.dumps(forged))
    assert "It is not a valid badge" in words
    left = re.sub(
        r'<(\w+)[^>]*lang="ja"[^>]*>.*?</\1>', "", words.partition("<main")[2].partition("</main")[0]
    )
    assert not re.search("[ぁ-ん]", left)
