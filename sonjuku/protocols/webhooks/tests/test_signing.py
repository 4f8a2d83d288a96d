"""Against the vector that the reference libraries of Standard Webhooks share (libraries/rust, test_sign)."""

import base64

import pytest

from sonjuku.protocols.webhooks.signing import WebhookRefused, headers, new_secret, signature, verify

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ID, TIME = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553
BODY = b'{"email":"test@example.com","username":"test_user"}'
SIGNATURE = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="


def test_the_reference_vector():
    assert signature(SECRET, ID, TIME, BODY) == SIGNATURE


def test_a_message_is_taken():
    sent = {"webhook-id": ID, "webhook-timestamp": str(TIME), "webhook-signature": f"v1,eA== {SIGNATURE}"}
    verify(SECRET, sent, BODY, now=TIME + 300)
    assert headers(SECRET, ID, TIME, BODY) == {**sent, "webhook-signature": SIGNATURE}


@pytest.mark.parametrize(
    ("change", "body", "now"),
    [
        ({}, BODY + b" ", TIME),
        ({}, BODY, TIME + 301),
        ({}, BODY, TIME - 301),
        ({"webhook-id": ID + "x"}, BODY, TIME),
        ({"webhook-timestamp": str(TIME + 1)}, BODY, TIME),
        ({"webhook-timestamp": "soon"}, BODY, TIME),
        ({"webhook-signature": SIGNATURE.replace("v1,", "v2,")}, BODY, TIME),
    ],
)
def test_anything_else_is_refused(change, body, now):
    with pytest.raises(WebhookRefused):
        verify(SECRET, {**headers(SECRET, ID, TIME, BODY), **change}, body, now=now)


def test_a_new_secret_is_long_enough_and_never_the_same():
    one, other = new_secret(), new_secret()
    assert one != other
    assert 24 <= len(base64.b64decode(one.removeprefix("whsec_"))) <= 64


@pytest.mark.parametrize("secret", ["", "C2FV", "whsec_!"])
def test_a_secret_that_is_none(secret):
    with pytest.raises(WebhookRefused):
        signature(secret, ID, TIME, BODY)


def test_an_id_with_a_dot_could_pass_for_another_message():
    with pytest.raises(WebhookRefused):
        signature(SECRET, "a.1", TIME, BODY)
