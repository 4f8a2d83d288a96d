"""Anybody repeats a published selection in their own browser: it says what the engine and a shell say, and sends nothing."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sonjuku.engines.selection.__main__ import main
from sonjuku.engines.selection.bundle import Known, Problem, verify
from sonjuku.engines.selection.draw import make_proof
from sonjuku.engines.selection.tests.bundles import again_from, bundles, damaged, one, tampered
from sonjuku.web.public.tests.shell import shell_says
from tests.stories.conftest import PHONE, someone
from tests.stories.looking import axe, context_of, look
from tests.stories.site import Site

pytestmark = pytest.mark.story

PAGE = "/verify/selection/"
BUTTON = "このページで計算し直す"
HOLDS, DOES_NOT, UNREAD = "計算が合いました", "合わないところがあります", "確かめられませんでした"
ROUND = {
    "round": 1000,
    "signature": "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    "randomness": "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
}
# Reads the bytes of each file as the page does and gives what it found, or why it could not read.
VERIFY = """async (files) => {
  const { readBundle, verify } = await import("/static/sonjuku/selection/bundle.js");
  return files.map(([raw, known]) => {
    try {
      return verify(readBundle(new TextEncoder().encode(raw)), known);
    } catch (error) {
      return [{ kind: error.message, detail: "" }];
    }
  });
}"""


@pytest.fixture(scope="module")
def reader(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page in which many bundles are verified one after the other, without its buttons."""
    context = context_of(chromium, site)
    page = context.new_page()
    page.goto(PAGE)
    yield page
    context.close()


def told(found: dict[str, Any]) -> tuple[str, str]:
    return found["kind"], f"line {found['line']}" if found.get("line") else found["detail"]


def ours(problem: Problem) -> tuple[str, str]:
    """As the browser says it: of two lines that differ, which they are."""
    line = re.match(r"(line \d+): (?:computed|one text)", problem.detail)
    return problem.kind, line[1] if line else problem.detail


def in_browser(
    reader: Page, raws: list[str], known: dict[str, str] | None = None
) -> list[list[tuple[str, str]]]:
    answers = reader.evaluate(VERIFY, [[raw, known or {}] for raw in raws])
    return [[told(found) for found in answer] for answer in answers]


def agree(reader: Page, cases: list[Any]) -> list[list[Problem]]:
    """Browser and engine find the same, in the same lines. What the engine found."""
    raws = [json.dumps(case) for case in cases]
    found = [verify(json.loads(raw)) for raw in raws]
    for case, mine, theirs in zip(cases, found, in_browser(reader, raws), strict=True):
        assert theirs == [ours(problem) for problem in mine], case
    return found


def test_three_verifiers_agree_on_what_holds_and_what_does_not(
    reader: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = bundles(), tampered()
    assert (len(good), len(bad)) == (60, 54)
    cases = [*good, *(bundle for _, bundle, _ in bad)]
    found = agree(reader, cases)
    assert not any(found[:60])
    for (name, _, problem), problems in zip(bad, found[60:], strict=True):
        assert problem in [one.kind for one in problems], name
    for bundle, problems in zip(cases, found, strict=True):
        path = tmp_path / "bundle.json"
        path.write_text(json.dumps(bundle))
        assert main(["verify", str(path)]) == bool(problems)
        said = capsys.readouterr().out.split("\n")[0]
        kinds = ", ".join(dict.fromkeys(problem.kind for problem in problems))
        assert said == f"does not hold: {kinds}" if problems else said.startswith("holds: ")
    draws = [
        (b, p) for b, p in zip(cases, found, strict=True) if "method\tdraw\n" in b["rules"] and "order" in b
    ]
    assert len(draws) > 30
    for bundle, problems in draws:
        heard = shell_says(bundle, tmp_path)
        assert heard == {problem.kind for problem in problems} & SHELL or not readable(problems)
        assert bool(heard) <= bool(problems)


SHELL = {"rules_hash_differs", "list_hash_differs", "list_names_other_rules", "seed_differs", "order_differs"}
BROKEN_OFF = {"malformed", "other_format", "other_engine", "bad_rules", "bad_list", "bad_result"}


def readable(problems: list[Problem]) -> bool:
    """Whether the engine came to the end; the shell goes on where the engine stops at a line."""
    return not {problem.kind for problem in problems} & (BROKEN_OFF | {"list_names_other_rules"})


def test_they_agree_on_damage_of_any_kind(reader: Page) -> None:
    cases = list(damaged(450))
    kinds = {problem.kind for problems in agree(reader, cases) for problem in problems}
    assert len(kinds) > 12


def test_the_order_of_the_input_is_of_no_matter(reader: Page) -> None:
    """JSON promises none of its keys' order; a list in another order is another text and refused."""
    turned = [dict(reversed(bundle.items())) for bundle in bundles()[:6]]
    assert not any(agree(reader, turned))


HOSTILE: list[Any] = [
    None, [], "text", 7, {}, {"format": None}, {"format": {"toString": 1}}, {"format": "sonjuku-selection-2"},
    {"__proto__": {"format": "sonjuku-selection-2"}}, {"constructor": 1, "format": "sonjuku-selection-2", "check": []},
    one("draw") | {"check": {}}, one("draw") | {"check": [1]}, one("draw") | {"order": ["a"]},
    one("draw") | {"rules": one("draw")["rules"].replace("draw", "__proto__")},
    one("draw") | {"rules": ""}, one("draw") | {"list": ""}, one("draw") | {"list": "\n"}, one("draw") | {"rules": "\ufeff" + one("draw")["rules"]},
    one("draw") | {"rules": one("draw")["rules"].replace("\n", "\r\n")},
    one("draw") | {"list_hash": "0" * 63}, one("draw") | {"public_value": "あ"}, one("draw") | {"public_value": "12\n"},
    one("draw") | {"seed": "SEED"}, one("draw") | {"seed": "ab\n"}, one("match") | {"seed": ""}, one("assign") | {"seed": ""},
    one("draw") | {"beacon": ROUND}, one("draw") | {"beacon": 1}, one("draw") | {"beacon": None}, one("assign") | {"beacon": {"round": 10**30}},
    again_from(one("draw"), value=ROUND["randomness"]) | {"beacon": ROUND},
    again_from(one("match"), value=ROUND["randomness"]) | {"beacon": ROUND | {"signature": "b5" + str(ROUND["signature"])[2:]}},
]  # fmt: skip


def test_hostile_files_are_refused_as_the_engine_refuses_them(reader: Page) -> None:
    found = agree(reader, HOSTILE)
    assert sum(not problems for problems in found) == 2  # without a beacon, and with its own


LINES = [
    "seats\t1",
    "seats\t99999999999",
    "seats\t1000000001",
    "seats\t-1",
    "seats\t1e3",
    "seats\t１",
    "seats\t",
]


def test_huge_numbers_in_the_texts_are_refused(reader: Page) -> None:
    old = next(line for line in one("draw")["rules"].split("\n") if line.startswith("seats"))
    found = agree(
        reader, [one("draw") | {"rules": one("draw")["rules"].replace(old, line)} for line in LINES]
    )
    assert all(problems for problems in found[1:])


def first_format() -> Iterator[dict[str, Any]]:
    proof = make_proof([("AAAA-AAAA", 2), ("ZZZZ-ZZZZ", 1), ("MMMM-MMMM", 2)], "03 11 19", 1)
    yield proof
    yield make_proof([], "4711", 0)
    yield make_proof([("A", 10**30), ("B", -(10**30)), ("C", 2**53), ("D", 2**53 + 1)], "1", 10**40)
    for key in proof:
        yield {name: value for name, value in proof.items() if name != key}
        yield proof | {key: None}
    yield proof | {"order": proof["order"][::-1]}
    yield proof | {"order": proof["order"][:-1]}
    yield proof | {"seed": "ab" * 32}
    yield proof | {"seed": "x"}
    yield proof | {"seats": 1.0}
    yield proof | {"seats": -1}
    yield proof | {"seats": True}
    yield proof | {"list_hash": "short"}
    yield proof | {"public_value": "あ"}
    for entry in (["A A", 1], ["A", 1.5], ["A"], ["A", 1, 1], "A1", ["ZZZZ-ZZZZ", 1], ["あ", 1], ["A", "1"]):
        yield proof | {"entries": [*proof["entries"], entry]}


def test_proofs_of_the_first_format_are_verified_too(reader: Page) -> None:
    cases = list(first_format())
    raws = [json.dumps(case) for case in cases]
    kinds = [[problem.kind for problem in verify(json.loads(raw))] for raw in raws]
    assert kinds[:3] == [[], [], []]
    assert all(kinds[3:])
    assert [[kind for kind, _ in found] for found in in_browser(reader, raws)] == kinds


@pytest.mark.parametrize("key", ["rules_hash", "list_hash", "public_value"])
def test_what_the_reader_has_in_hand_is_compared(reader: Page, key: str) -> None:
    for bundle in (one("assign"), make_proof([("AAAA-AAAA", 1)], "4711", 1)):
        known = {key: str(bundle.get(key, "")) or "0"}
        for value in (known, {key: "1234"}):
            expected = [ours(problem) for problem in verify(bundle, Known(**value))]
            assert in_browser(reader, [json.dumps(bundle)], value) == [expected]


def test_half_of_a_pair_of_signs_has_no_bytes(reader: Page) -> None:
    raw = json.dumps(one("draw")).replace("500", "\\ud800")
    assert in_browser(reader, [raw]) == [[ours(problem) for problem in verify(json.loads(raw))]]


# The page itself


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., None]:
    """Choose a file, press the button, wait for the verdict."""

    def choose(page: Page, content: Any, verdict: str) -> None:
        path = tmp_path / "proof.json"
        path.write_bytes(
            content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        )
        page.locator("[data-recompute] input[type=file]").set_input_files(path)
        page.get_by_role("button", name=BUTTON).click()
        expect(page.locator("[data-verdict]").get_by_role("heading", name=verdict)).to_be_visible()

    return choose


# A proof of the first format says nothing of how the seats were dealt.
FIRST = dict.fromkeys(("form", "list", "seed", "order"), "ok") | dict.fromkeys(("result", "known"), "unknown")


def states(page: Page) -> dict[str, str]:
    rows = page.locator("[data-line]:not([hidden])")
    return {str(row.get_attribute("data-line")): str(row.get_attribute("data-state")) for row in rows.all()}


def test_a_reader_checks_a_saved_proof_and_nothing_leaves_the_device(phone: Page, bring: Any) -> None:
    phone.goto(PAGE)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    bundle = again_from(one("assign"), value=ROUND["randomness"]) | {"beacon": ROUND}
    bring(phone, bundle, HOLDS)
    assert states(phone) == dict.fromkeys(
        ("form", "rules", "list", "seed", "beacon", "order", "result", "fair"), "ok"
    ) | {"known": "unknown"}
    assert all(re.match(r"GET \S+/static/sonjuku/(?:icon\.svg|selection/\w+\.js)$", one) for one in asked), (
        asked
    )
    expect(phone.locator("[data-fact=list_hash] dd")).to_have_text(bundle["list_hash"])
    expect(phone.locator("[data-fact=source] dd")).to_have_text("第500回の数字 as printed in the newspaper")
    expect(phone.locator("[data-fact=method] dd")).to_have_text("希望の順位による割り当て")
    assert look(phone, "ja") + axe(phone) == []
    phone.get_by_text("掲示や新聞で見た値とも比べる").click()
    phone.get_by_label("掲示された一覧の符号").fill(bundle["list_hash"].upper())
    bring(phone, bundle, HOLDS)
    assert states(phone)["known"] == "ok"
    phone.get_by_label("出どころで確かめた数").fill("4711")
    bring(phone, bundle, DOES_NOT)
    assert states(phone)["known"] == "bad"
    expect(phone.locator("[data-line=known]")).to_contain_text("入力された数と違います")


def test_what_does_not_hold_is_said_line_by_line(desk: Page, bring: Any) -> None:
    desk.goto(PAGE)
    by_name = {name: bundle for name, bundle, _ in tampered()}
    bring(desk, by_name["assign: two people change places"], DOES_NOT)
    assert {line for line, state in states(desk).items() if state == "bad"} == {"result", "fair"}
    expect(desk.locator("[data-line=fair]")).to_contain_text("もっとあとの順番の人が席を得ています：")
    expect(desk.locator("[data-line=result]")).to_contain_text(re.compile(r"行：\d+計算した値：\S+"))
    assert axe(desk) == []
    bring(desk, by_name["draw: list not sorted"], DOES_NOT)
    assert states(desk)["form"] == "bad"
    assert {states(desk)[line] for line in ("order", "result", "fair")} == {"unknown"}
    bring(desk, one("match"), HOLDS)
    bring(desk, make_proof([("AAAA-AAAA", 1)], "4711", 1), HOLDS)
    assert states(desk) == FIRST
    expect(desk.locator("[data-line=result]")).to_contain_text("確かめたのは順番までです")


@pytest.mark.parametrize("content", [b"", b"not json", b"\xff\xfe{}", b"[" * 200_000])
def test_what_is_no_proof_is_refused_kindly(desk: Page, bring: Any, content: bytes) -> None:
    desk.goto(PAGE)
    bring(desk, content, UNREAD)
    expect(desk.locator("[data-verdict]")).to_contain_text("もう一度選んでください")
    expect(desk.locator("[data-found]")).to_be_hidden()


def test_nothing_chosen_and_a_file_that_is_too_large(desk: Page, bring: Any) -> None:
    desk.goto(PAGE)
    desk.get_by_role("button", name=BUTTON).click()
    expect(desk.locator("[data-verdict]")).to_contain_text("ファイルがまだ選ばれていません")
    expect(desk.locator("[data-recompute] input[type=file]")).to_be_focused()
    bring(desk, b" " * 50_000_000, UNREAD)
    expect(desk.locator("[data-verdict]")).to_contain_text("40 MBより大きい")


@pytest.mark.parametrize(
    "dress", [lambda raw: b"\xef\xbb\xbf" + raw, lambda raw: raw.replace(b", ", b",\r\n")]
)
def test_what_editors_and_systems_put_around_it_is_of_no_matter(desk: Page, bring: Any, dress: Any) -> None:
    desk.goto(PAGE)
    bring(desk, dress(json.dumps(one("draw"), ensure_ascii=False).encode()), HOLDS)


def test_a_browser_without_own_hashes_and_workers_computes_the_same(
    chromium: Browser, site: Site, bring: Any
) -> None:
    """As on a page over plain http, and as in an old browser."""
    with someone(chromium, site, PHONE) as page:
        page.add_init_script(
            'Object.defineProperty(crypto, "subtle", { value: undefined }); window.Worker = class { constructor() { throw new Error("none"); } };'
        )
        page.goto(PAGE)
        bring(page, one("assign"), HOLDS)
        bring(page, one("assign") | {"seed": "ab" * 32}, DOES_NOT)


def test_the_proof_page_of_the_demo_is_repeated_where_it_stands(desk: Page, site: Site) -> None:
    slug, code = site.rows(
        "SELECT o.slug, c.code FROM calls_selectionrun r JOIN calls_call c ON c.selection_run_id = r.id"
        " JOIN people_council o ON o.id = c.council_id WHERE r.state = 'announced' AND r.rules <> '' ORDER BY o.slug, c.code"
    )[0]
    desk.goto(f"/c/{slug}/calls/{code}/proof/")
    desk.get_by_role("button", name=BUTTON).click()
    expect(desk.locator("[data-verdict]").get_by_role("heading", name=HOLDS)).to_be_visible()
    assert states(desk) == dict.fromkeys(
        ("form", "rules", "list", "seed", "order", "result", "fair"), "ok"
    ) | {"known": "unknown"}
    assert look(desk, "ja") + axe(desk) == []


@pytest.mark.parametrize("prefix", ["/en", "/ja-easy"])
def test_results_fit_the_narrowest_phone_in_the_other_languages(
    chromium: Browser, site: Site, tmp_path: Path, prefix: str
) -> None:
    (tmp_path / "proof.json").write_text(json.dumps(next(b for n, b, _ in tampered() if "seed swapped" in n)))
    context = context_of(chromium, site)
    page = context.new_page()
    page.goto(f"{prefix}{PAGE}")
    page.locator("[data-recompute] input[type=file]").set_input_files(tmp_path / "proof.json")
    page.locator("[data-recompute] button").click()
    expect(page.locator("[data-found]")).to_be_visible()
    page.locator("[data-recompute] summary").click()
    assert look(page, prefix[1:3]) + axe(page) == []
    context.close()


def test_without_scripts_the_command_is_there_and_no_dead_button(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)
    # What stands in <noscript> is not drawn when a program has switched scripts off; test_recompute.py of the page reads it.
    expect(page.get_by_text("python -m sonjuku.engines.selection verify")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    context.close()
