import re
from pathlib import Path

import pytest
from django.urls import reverse
from lxml.html import fromstring

from sonjuku.engines.selection.bundle import Problem
from sonjuku.engines.selection.tests.bundles import bundles, one, tampered
from sonjuku.web.public import recompute
from sonjuku.web.public.tests.shell import shell_prints, shell_says

pytestmark = pytest.mark.django_db

SCRIPTS = Path(recompute.__file__).parents[1] / "static" / "sonjuku" / "selection"


@pytest.fixture
def page(client):
    return fromstring(client.get(reverse("public:verify_selection")).content.decode())


def test_the_page_takes_nothing(client, page):
    assert client.post(reverse("public:verify_selection")).status_code == 405
    (form,) = page.xpath("//form[ancestor::*[@data-recompute]]")
    assert form.get("action") is None
    assert form.get("method") is None
    assert "hidden" in form.attrib, "without the program there is nothing to press"


def test_without_the_program_the_command_is_named(page):
    assert "別の手段で確かめる" in page.xpath("string(//noscript)")
    assert "python -m sonjuku.engines.selection verify" in page.xpath("string(//pre)")


def test_every_problem_has_its_words(page):
    kinds = set(re.findall(r"`(\w+)`", Problem.__doc__)) - {"detail"}
    words = set(page.xpath("//template/@data-words"))
    assert len(kinds) > 18
    assert kinds - words == set()


def test_every_complaint_of_the_checkers_has_its_words(page):
    sources = "".join(
        (SCRIPTS / name).read_text() for name in ("draw.js", "assign_check.js", "match_check.js", "assign.js")
    )
    complaints = set(re.findall(r"""["`](\w+_\w+|over_\w+) (?:\$\{|-)""", sources))
    complaints |= set(re.findall(r'\["(\w+)", (?:-1|who)', sources)) | {"seat_order"}
    words = {
        name.partition(":")[2] for name in page.xpath("//template/@data-words") if name.startswith("unfair:")
    }
    assert complaints == words


def test_every_word_the_program_asks_for_is_there_once(page):
    words = page.xpath("//template/@data-words")
    assert len(words) == len(set(words))
    asked = set(re.findall(r'words\("([\w:]+)"\)', (SCRIPTS / "page.js").read_text()))
    assert len(asked) > 5
    assert asked <= set(words)
    lines = page.xpath("//*[@data-line]/@data-line")
    assert {f"ok:{line}" for line in lines} <= set(words)
    assert set(re.findall(r"^  (\w+): \[", (SCRIPTS / "lines.js").read_text(), re.M)) | {"form"} == set(lines)


def test_the_scripts_hold_no_word_of_japanese_and_load_from_here_alone():
    for path in SCRIPTS.glob("*.js"):
        source = path.read_text()
        assert not re.search(r"[\u3001-\u30ff\u3400-\u9fff]", source), path
        assert set(re.findall(r'from "([^"]+)"', source)) <= {
            f"./{other.name}" for other in SCRIPTS.glob("*.js")
        }, path


def test_the_badge_page_leads_there(client):
    assert reverse("public:verify_selection") in client.get(reverse("public:verify")).content.decode()


def test_a_proof_page_hands_over_the_address_of_its_bundle():
    assert "file" in recompute.part()["form"].fields
    part = recompute.part("?format=json")
    assert (part["bundle_url"], "file" in part["form"].fields) == ("?format=json", False)


# The recipe


def test_a_shell_prints_the_hashes_the_seed_and_the_order(tmp_path):
    for bundle in bundles():
        rules, listed, names, seed, *order = shell_prints(bundle, tmp_path)
        assert [rules.split()[0], listed.split()[0], seed.split()[0]] == [
            bundle["rules_hash"], bundle["list_hash"], bundle["seed"],
        ]  # fmt: skip
        assert names == f"rules\t{bundle['rules_hash']}"
        assert order == bundle["order"].splitlines()
        assert shell_says(bundle, tmp_path) == set()


def test_a_shell_sees_that_a_hash_or_the_order_is_not_right(tmp_path):
    seen = {
        "rules_hash_differs",
        "list_hash_differs",
        "seed_differs",
        "order_differs",
        "list_names_other_rules",
    }
    for name, bundle, problem in tampered():
        if problem in seen:
            assert problem in shell_says(bundle, tmp_path), name


def test_no_value_of_a_bundle_is_a_command(tmp_path):
    value = "$(touch bad) `touch bad` '; touch bad; '"
    bundle = one("draw") | {"public_value": value, "seed": value}
    shell_prints(bundle, tmp_path)
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize(
    "bundle", [{}, {"entries": []}, one("draw") | {"rules": ""}, {"format": "x", "rules": "method\tdraw\n"}]
)
def test_there_is_no_recipe_for_anything_else(bundle):
    assert recompute.recipe(bundle) == ""
