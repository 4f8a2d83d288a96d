"""How many requests a minute; counted in the cache, so per process where the cache is one process's own."""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from sonjuku.rooms.people.models import ApiToken
from sonjuku.web.visitor import address

WINDOW = 60


def seconds_to_wait(request: HttpRequest, token: ApiToken | None) -> int:
    """0 when this request may pass; else how long until the next minute begins for this token or address."""
    return over(f"api:{_who(request, token)}", settings.API_RATE, WINDOW)


def seconds_to_verify(request: HttpRequest) -> int:
    """The same for one verification, which costs more: the page and the interface count together."""
    return over(f"verify:{_who(request, None)}", settings.VERIFY_RATE, WINDOW)


def over(who: str, most: int, window: int) -> int:
    """0 for the first `most` of a window of seconds; after that how long until the next one begins."""
    number_of_window, passed = divmod(int(time.time()), window)
    key = f"rate:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{number_of_window}"
    cache.add(key, 0, window * 2)
    try:
        number = cache.incr(key)
    except ValueError:  # evicted between the two
        number = 1
    return window - passed if number > most else 0


def _who(request: HttpRequest, token: ApiToken | None) -> str:
    """A wrong token is counted by the address it came from: guessing must not buy new allowances."""
    return f"token:{token.pk}" if token is not None else address(request)
