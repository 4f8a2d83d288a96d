"""Every address of the site, as the permission test finds them (tests/walking.py), before a browser.

In both languages, as somebody entitled to it, on the narrowest phone; under /ja-easy/, where the readings above the
words make lines higher and words wider, whether it fits. What is no page answers so itself: data by its content type, an address
that only takes forms by 405. The few that lead on to another page are in LEADS_ON, each with its reason.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.stories.looking import LANGUAGES, axe, context_of, filled, look, wide
from tests.stories.site import Site

TAKES_FORMS = "takes a form; opened by hand it leads to the page with the form"
RENAMED = "an old address of a page that has moved"
LEADS_ON = {
    **dict.fromkeys(
        (
            "member:news_choice", "staff:act_as", "staff:applications_bulk", "staff:application_action", "staff:paper_open",
            "staff:mailing_cancel", "staff:letter_again", "staff:letter_handed", "staff:membership", "staff:role_end",
            "staff:delivery_again", "staff:import_confirm", "staff:privacy_action",
            "staff:disposal_action", "member:activities_certify", "staff:first_steps", "staff:programme_year_add",
        ),
        TAKES_FORMS,
    ),
    **dict.fromkeys(
        (
            "accounts/2fa/recovery-codes/", "accounts/2fa/recovery-codes/generate/", "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes", "accounts/social/login/cancelled/", "accounts/social/login/error/",
            "accounts/social/signup/", "accounts/social/connections/",
        ),
        RENAMED,
    ),
    "member:wallet_consent": "an app's question is needed (stories/test_wallet_app.py looks at the page)",
    "public:paper": "the QR code of a printed notice leads to its call",
    "staff:import_progress": "an import that is not running leads to its page",
    "member:wishes": "an application alone has no order",
    "staff:badge_batch_progress": "a part of the page of its batch, for its script",
    "staff:run_progress": "a run that writes no letters leads to its page",
    "staff:run_change": "a run of one call is changed in the editor of its call",
    "staff:run_order": "a run of one call has no order",
    "staff:privacy_disclosure": "a request that asks for no disclosure leads to its page",
    "mfa_login_webauthn": "answers the script of the login page",
    "socialaccount_signup": "begins at LINE, which the test cannot ask",
}  # fmt: skip
# Put into a page that is open already, and looked at there.
PARTS = {"staff:form_preview": "staff:form"}
# Pages that have more than one next step, with the reason.
MANY_STEPS: dict[str, str] = {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("house"))
    site.var.mkdir(exist_ok=True)
    (site.var / "addresses.json").write_text(site.run("tests.stories.furnished"), encoding="utf-8")
    site.start_web()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def addresses(house: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((house.var / "addresses.json").read_text(encoding="utf-8"))
    return found


def is_page(address: dict[str, Any]) -> bool:
    return bool(address["whole"] and address["translated"] and address["status"] in (200, 401))


def why_no_page(address: dict[str, Any]) -> str:
    if address["status"] == 405:
        return "only takes forms"
    if address["kind"] != "text/html":
        return f"data: {address['kind']}"
    if not address["translated"]:
        return "for machines"
    return "" if is_page(address) else LEADS_ON.get(address["label"], "")


def test_every_address_is_a_page_or_says_why_not(addresses: list[dict[str, Any]]) -> None:
    pages = {a["label"] for a in addresses if is_page(a)}
    reasoned = {a["label"] for a in addresses if why_no_page(a)}
    parts = {part for part, whole in PARTS.items() if whole in pages}
    labels = {a["label"] for a in addresses}
    assert labels - pages - reasoned - parts == set()
    assert len(pages) > 110
    assert set(LEADS_ON) <= labels - pages, "an exception that is none any more"
    assert {a["label"] for a in addresses if a["status"] in (301, 302)} - pages <= set(LEADS_ON)


def open_in(page: Page, address: dict[str, Any], prefix: str, problems: list[str]) -> Response | None:
    answer = page.goto(f"{prefix}{address['path']}")
    here = page.url.split("//", 1)[1].partition("/")[2]
    if answer is None or answer.status != address["status"] or f"/{here}" != f"{prefix}{address['path']}":
        problems.append(f"{prefix}{address['path']}: {answer and answer.status}, at /{here}")
        return None
    return answer


def examine(page: Page, address: dict[str, Any], problems: list[str]) -> int:
    """Look at the page in each of its languages; how many were opened."""
    opened = 0
    for language in LANGUAGES:
        prefix = "" if language == "ja" else f"/{language}"
        if open_in(page, address, prefix, problems) is None:
            continue
        opened += 1
        found = look(page, language) + axe(page)
        steps = filled(page)
        if len(steps) > 1 and address["label"] not in MANY_STEPS:
            found.append(f"{len(steps)} filled buttons: {steps}")
        problems += [
            f"{address['who']} {prefix}{address['path']} ({address['label']}): {what}" for what in found
        ]
    if not address["label"].startswith("staff:") and open_in(page, address, "/ja-easy", problems):
        problems += [
            f"{address['who']} /ja-easy{address['path']} ({address['label']}): {what}" for what in wide(page)
        ]
    return opened


@pytest.mark.story
def test_the_look_sees_what_it_must(house: Site, chromium: Browser) -> None:
    context = context_of(chromium, house)
    page = context.new_page()
    page.goto("/c/hagi/")
    before = filled(page)
    assert look(page, "ja") == axe(page) == []
    page.evaluate("""() => {
      const strange = '<h1>2</h1><a class="btn" href="#">3</a><button class="btn">4</button><button>5</button>';
      document.querySelector("main").insertAdjacentHTML("beforeend", strange + '<p id="long">long</p><img src="">');
      document.getElementById("long").style.width = "900px";
    }""")
    assert filled(page) == [*before, "3", "4"]
    assert len(wide(page)) == 1
    assert "2 h1" in look(page, "en")
    assert "says it is ja, not en" in look(page, "en")
    assert any(found.startswith("axe image-alt") for found in axe(page))
    context.close()


@pytest.mark.story
def test_every_page_fits_a_narrow_phone_and_axe_finds_nothing(
    house: Site, chromium: Browser, addresses: list[dict[str, Any]]
) -> None:
    problems: list[str] = []
    pages = [address for address in addresses if is_page(address)]
    opened = 0
    # What has begun with a code by mail ends after some minutes: first.
    pages.sort(key=lambda address: address["who"] != address["label"])
    for who in dict.fromkeys(address["who"] for address in pages):
        context = context_of(chromium, house)
        page = context.new_page()
        own = [address for address in pages if address["who"] == who]
        if own[0]["session"]:
            context.add_cookies([{"name": "sessionid", "value": own[0]["session"], "url": house.url}])
        page.on("pageerror", lambda error, who=who: problems.append(f"{who}: {error}"))
        opened += sum(examine(page, address, problems) for address in own)
        context.close()
    assert not problems, f"\n{len(problems)} problems:\n" + "\n".join(problems)
    assert opened == 2 * len(pages)
