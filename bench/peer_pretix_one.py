"""Makes an event in pretix and measures it; prints JSON. Run by bench/peer_pretix.py in pretix's own Python."""

import json
import platform
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from html import unescape

import django
from django.conf import settings

settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # ours is measured with the same
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.test import Client  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402 - Django must be set up first
from django_scopes import scope, scopes_disabled  # noqa: E402 - Django must be set up first
from pretix.base.models import Event, Item, Order, Organizer  # noqa: E402 - Django must be set up first

from bench import measure  # noqa: E402 - Django must be set up first

EVENT = "/council/event/"


def fill() -> Item:
    """One organizer, one event on sale, one free item with more places than are needed; all else as pretix has it."""
    organizer = Organizer.objects.create(name="Council", slug="council")
    with scope(organizer=organizer):
        begins = timezone.now() + timedelta(days=30)
        event = Event.objects.create(
            organizer=organizer, name="Event", slug="event", date_from=begins, currency="JPY",
            plugins=settings.PRETIX_PLUGINS_DEFAULT,
        )  # fmt: skip
        event.set_defaults()
        item = Item.objects.create(event=event, name="Place", default_price=0, admission=True)
        event.quotas.create(name="Places", size=100_000).items.add(item)
        event.live = True
        event.save()
    return item


def event_page() -> Callable[[int], None]:
    browser = Client(SERVER_NAME="localhost")

    def run(_number: int) -> None:
        page = browser.get(EVENT)
        assert page.status_code == 200, page.status_code
        assert b"Place" in page.content

    return run


def registration(item: Item) -> Callable[[int], None]:
    """A new visitor each time: into the cart, the questions, the confirmation, the page of the order."""

    def run(number: int) -> None:
        browser = Client(SERVER_NAME="localhost")
        cart = browser.post(f"{EVENT}cart/add", {f"item_{item.pk}": "1"}, follow=True)
        assert cart.status_code == 200, cart.redirect_chain
        asked = browser.get(f"{EVENT}checkout/start", follow=True)
        answered = browser.post(
            f"{EVENT}checkout/questions/", answers(asked.content.decode(), number), follow=True
        )
        assert answered.redirect_chain[-1][0].endswith("/checkout/confirm/"), answered.redirect_chain
        placed = browser.post(f"{EVENT}checkout/confirm/", ticked(answered.content.decode()), follow=True)
        assert "/order/" in placed.redirect_chain[-1][0], placed.redirect_chain
        assert placed.status_code == 200, placed.status_code

    return run


def answers(html: str, number: int) -> dict[str, str]:
    """What the page of questions wants: an address, and the attendee's name in as many parts as it asks for."""
    found = {"email": f"visitor{number}@example.jp"}
    for name in re.findall(r'<input[^>]*\bname="([^"]+)"', html):
        if "attendee_name_parts" in name:
            found[name] = "given_family" if name.endswith("_scheme") else "Hanako"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: unescape(value) for name, value in hidden} | found


def ticked(html: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r'<input[^>]*type="checkbox"[^>]*name="(confirm_[^"]+)"', html), "yes")


def main() -> None:
    runs = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    with scopes_disabled():
        item = fill()
    found = {
        "event page": asdict(measure.measure(event_page(), runs=runs)),
        "free registration, all told": asdict(measure.measure(registration(item), runs=runs)),
    }
    with scopes_disabled():
        placed = Order.objects.filter(status=Order.STATUS_PAID).count()
    assert placed == runs + 5, f"{placed} of {runs + 5} registrations are in the database"
    print(json.dumps({"python": platform.python_version(), "figures": found}))


if __name__ == "__main__":
    main()
