"""Outside certificates and what is laid on them: which step may follow, whether the base still carries."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.models import Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.rules import Report, worst

C, E, S = OutsideCertificate.State, Endorsement.State, OutsideCertificate.Standing
CERTIFICATE_MOVES = {
    C.CLAIMED: {C.CHECKED, C.REFUSED},
    C.CHECKED: {C.REVOKED},
    C.REFUSED: set(),
    C.REVOKED: set(),
}
ENDORSEMENT_MOVES = {
    E.ASKED: {E.ISSUED, E.REFUSED},
    E.REFUSED: {E.ASKED},
    E.ISSUED: {E.REVOKED},
    E.REVOKED: set(),
}


def certificate_may_move(now: str, then: str) -> bool:
    return then in CERTIFICATE_MOVES[C(now)]


def endorsement_may_move(now: str, then: str) -> bool:
    return then in ENDORSEMENT_MOVES[E(now)]


def needs_second_pair(certificate: OutsideCertificate) -> bool:
    """A badge brings its own proof; a paper needs two people who looked."""
    return certificate.form == OutsideCertificate.Form.PAPER


def standing_of(report: Report, *, names_list: bool) -> str:
    """What a badge's report means for the certificate. `names_list`: it says where its revocation is published.

    A key whose owner nobody here knows is not held against a badge of others: staff know the issuer from elsewhere.
    Whatever else could not be checked leaves it unknown.
    """
    aside = {"key"} if names_list else {"key", "status"}
    found = worst(one for one in report.findings if one.name not in aside)
    return {"ok": S.OK, "bad": S.BAD, "unknown": S.UNKNOWN}[found]


@dataclass(frozen=True)
class Carries:
    """Whether a base still carries what was laid on it: ok, unknown or bad, in words."""

    result: Literal["ok", "unknown", "bad"]
    text: Any


_GONE = Carries("bad", _("もとの証明は、発行者が取り消しました。この認定証は、もう根拠になりません。"))
_OVER = Carries("bad", _("もとの証明の有効期間が過ぎました。この認定証は、もう根拠になりません。"))
_FAILS = Carries("bad", _("もとの証明が、確認に通らなくなりました。この認定証は、もう根拠になりません。"))
_NOT_NOW = Carries(
    "unknown", _("もとの証明を、いまは確かめられませんでした。取り消されていないとは言えません。")
)
_STANDS = Carries("ok", _("もとの証明は、いまも確認に通ります。"))
_PAPER = Carries(
    "ok", _("もとの証明書は、二人の担当者が原本の写しで確かめました。取消しの知らせは届いていません。")
)


def carries(certificate: OutsideCertificate, day: date) -> Carries:
    """What the public page says of the base, with its last `standing`."""
    if certificate.state != C.CHECKED:
        return _GONE
    if certificate.valid_until is not None and certificate.valid_until < day:
        return _OVER
    if certificate.form == OutsideCertificate.Form.PAPER:
        return _PAPER
    return {S.OK: _STANDS, S.BAD: _FAILS}.get(S(certificate.standing or S.UNKNOWN), _NOT_NOW)
