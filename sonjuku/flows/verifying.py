"""A stranger asks whether something is genuine: look, read outside what the look lacked, look again."""

from datetime import datetime

from django.conf import settings

from sonjuku.rooms.credentials.queries import verification
from sonjuku.rooms.credentials.rules import Report
from sonjuku.toolbox import fetching
from sonjuku.toolbox.outside import OutsideRefused

# An address, its badge class, its issuer, the issuer's key and list: no chain is longer.
ROUNDS = 5


def verify(data: bytes, at: datetime, email: str = "", beside: bytes = b"") -> Report:
    """As `queries.verify`; asks outside only where the operator allows it (settings.FETCH). Keeps nothing."""
    fetched = verification.Fetched(is_on=settings.FETCH == "https")
    errand = fetching.Errand()
    for _ in range(ROUNDS):
        report = verification.verify(data, at, email, beside=beside, fetched=fetched)
        if not (fetched.is_on and report.needed):
            return report
        for address in report.needed:
            _read(errand, address, fetched)
    return verification.verify(data, at, email, beside=beside, fetched=fetched)


def _read(errand: fetching.Errand, address: str, fetched: verification.Fetched) -> None:
    try:
        # What is to be a key of this host must not come from another.
        stays = {"stays": True} if address in fetched.keys else {}
        fetched.documents[address] = errand.get(address, **stays)
    except OutsideRefused as refused:
        fetched.refused[address] = refused.code
