from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.delivery_reports import Outcome, read_report

REPORT = b"""\
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status
%s
Reporting-MTA: dns; mx.example.jp

Final-Recipient: rfc822; One@Example.jp
Action: FAILED (really)
Status: 5.1.1 (no such user)

Final-Recipient: rfc822;two@example.jp
Action: delayed
Status: 4.4.1

--b
Content-Type: text/rfc822-headers

Message-ID:
 <one@example.jp>
--b--
"""


def test_each_recipient_has_an_outcome():
    report = read_report(REPORT % b"")
    assert report is not None
    assert report.message_ids == ("<one@example.jp>",)
    assert report.outcomes == (
        Outcome(("One@Example.jp",), "failed", "5.1.1"),
        Outcome(("two@example.jp",), "delayed", "4.4.1"),
    )
    assert [outcome.is_final for outcome in report.outcomes] == [True, False]
    assert [outcome.is_delay for outcome in report.outcomes] == [False, True]


def test_without_an_action_the_class_of_the_status_decides():
    assert Outcome((), "", "5.0.0").is_final
    assert Outcome((), "", "4.0.0").is_delay
    assert not Outcome((), "delivered", "5.0.0").is_final


def test_a_flood_of_recipients_is_cut():
    block = b"Final-Recipient: rfc822;a@example.jp\nAction: failed\nStatus: 5.0.0\n\n"
    flood = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n" + block * 5000
    report = read_report(flood)
    assert report is not None
    assert len(report.outcomes) == 100


@given(st.binary(max_size=400), st.integers(0, len(REPORT)))
def test_no_mail_raises(noise, place):
    raw = REPORT % b""
    read_report(raw[:place] + noise + raw[place:])
    read_report(noise)
