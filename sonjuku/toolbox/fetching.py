"""Documents that stand at public addresses, read for one errand: few, small, soon, and never out of one's own network.

On top of `outside`: names only (no address in numbers, in whatever spelling), port 443, every redirect judged like
the first address. No cookies, no proxy of the environment, nothing unpacked.
"""

import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from sonjuku.toolbox import outside
from sonjuku.toolbox.outside import OutsideRefused, Target

LARGEST = 1024 * 1024
SECONDS, SECONDS_IN_ALL = 5.0, 20.0
MOST_ADDRESSES, MOST_REDIRECTS = 10, 3
HEADERS = {
    "Accept": "application/json, application/did+json, application/vc, application/vc+jwt, image/*, */*;q=0.1",
    "Accept-Encoding": "identity",
    "User-Agent": "Sonjuku",
    "Connection": "close",
}
_MOVED = frozenset({301, 302, 303, 307, 308})
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{0,62}")


def find(url: str, resolve: outside.Resolver = socket.getaddrinfo) -> Target:
    """Judge an address: see `Errand.get` for what is refused."""
    host, port, _path, _tls = outside.check_url(url)
    if not _NAME.fullmatch(host.lower()):
        raise OutsideRefused("not_a_name")
    if port != 443:
        raise OutsideRefused("port")
    return outside.find(url, resolve=resolve)


class Errand:
    """What one verification may ask outside: MOST_ADDRESSES addresses, SECONDS_IN_ALL seconds."""

    def __init__(
        self, find: Callable[[str], Target] = find, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find, self._clock = find, clock
        self._ends, self._asked = clock() + SECONDS_IN_ALL, 0

    def get(self, url: str, *, stays: bool = False) -> bytes:
        """What stands there; with `stays`, on that host and no other. Raises OutsideRefused:

        - before anything is sent: bad_url, not_https, not_a_name, port, dns, private (some address of that name
          isn't public), too_many_addresses, out_of_time
        - then: connection, tls, timeout, no_http, status (another than 200), redirects, other_host (of a redirect), encoded,
          too_large
        """
        self._asked += 1
        if self._asked > MOST_ADDRESSES:
            raise OutsideRefused("too_many_addresses")
        ends = min(self._ends, self._clock() + SECONDS)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._answer(url, ends)
            if answer.status not in _MOVED:
                return _content(answer)
            moved = _joined(url, answer.headers.get("location", ""))
            if stays and outside.check_url(moved)[0].lower() != outside.check_url(url)[0].lower():
                raise OutsideRefused("other_host")
            url = moved
        raise OutsideRefused("redirects")

    def _answer(self, url: str, ends: float) -> outside.Answer:
        if self._clock() >= self._ends:
            raise OutsideRefused("out_of_time")
        target = _in_time(lambda: self._find(url), ends - self._clock())
        left = ends - self._clock()
        if left <= 0:
            raise OutsideRefused("timeout")
        return outside.get(target, HEADERS, most=LARGEST + 1, timeout=left)


def _content(answer: outside.Answer) -> bytes:
    if answer.status != 200:
        raise OutsideRefused("status")
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise OutsideRefused("encoded")
    if len(answer.body) > LARGEST:
        raise OutsideRefused("too_large")
    return answer.body


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise OutsideRefused("bad_url") from None


def _in_time(work: Callable[[], Target], seconds: float) -> Target:
    """Looking a name up knows no timeout, and whoever owns the name may answer slowly."""
    box: list[Any] = []

    def run() -> None:
        try:
            box.append(work())
        except OutsideRefused as refused:
            box.append(refused)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if not box:
        raise OutsideRefused("timeout")
    if isinstance(box[0], OutsideRefused):
        raise box[0]
    found: Target = box[0]
    return found
