"""`sonjuku credentials export-site`: what it writes, what it must not, and what an interruption leaves."""

import base64
import hashlib
import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from sonjuku.protocols.openbadges import baking, status, vcjwt
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Award, SkillMapItem
from sonjuku.rooms.credentials.queries import keeping, paths
from sonjuku.rooms.credentials.rules import verdicts
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body
from sonjuku.web.management.backup.manifest import Unusable
from sonjuku.web.management.keeping import exporting, verifier
from sonjuku.web.management.keeping.folder import MANIFEST, SUMS, UNFINISHED, open_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(council: Any, secretariat: Any) -> Any:
    """What is given; signed by a body of its own."""
    body = Body.objects.create(council=council, type=Body.Type.COMPANY, name="学びの会社")
    return actions.define_achievement(
        by=secretariat, council=council, title="データ案内人", title_en="Data guide", description="読み解ける。",
        criteria="三つの講座。", issuer_body=body,
    )  # fmt: skip


@pytest.fixture
def give(badge: Any, secretariat: Any, make_person: Any, make_account: Any, at: Any) -> Callable[..., Award]:
    """A badge of a new person who shows it so; `naming` is how it names its issuer from now on."""

    def make(name: str, visibility: str = "public", naming: str = "key", **person: Any) -> Award:
        account = make_account(f"{name}@example.jp")
        who = make_person(badge.council, account=account, email=account.email, given_name=name, **person)
        key = actions.ensure_key(by=secretariat, council=badge.council, body=badge.issuer_body)
        actions.set_naming(by=secretariat, key=key, naming=naming)
        [award] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(who.pk)])
        return show(award, visibility, at)

    return make


def show(award: Award, visibility: str, at: Any) -> Award:
    by = Actor(at=at, role="member", account_id=award.person.account_id)
    return actions.set_visibility(by=by, award=award, visibility=visibility)


def run(place: Path, *words: str) -> Path:
    call_command("credentials", "export-site", str(place), *words)
    return place


def files(place: Path) -> dict[str, bytes]:
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }


def readable(content: bytes) -> bytes:
    """With what stands in the parts of tokens."""
    parts = re.findall(rb"eyJ(?:[\w-]{4})*[\w-]", content)
    return content + b"".join(base64.urlsafe_b64decode(part) for part in parts)


def test_two_runs_on_the_same_data_give_the_same_bytes(
    give: Any, tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    for name in ("ichi", "ni", "san"):
        give(name)
    first = files(run(tmp_path / "one"))
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    assert files(run(tmp_path / "two")) == first
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.*")}
    capsys.readouterr()
    run(tmp_path / "one")
    assert "written=0" in capsys.readouterr().out
    kept = {path: stamp for path, stamp in before.items() if path.name not in {MANIFEST, SUMS}}
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    manifest = json.loads(first[MANIFEST])
    assert manifest["files"] == len(first) - 2
    assert manifest[SUMS] == hashlib.sha256(first[SUMS]).hexdigest()
    sums = dict(line.split("  ")[::-1] for line in first[SUMS].decode().splitlines())
    assert sums == {
        path: hashlib.sha256(content).hexdigest() for path, content in first.items() if path not in {MANIFEST, SUMS}
    }  # fmt: skip


def test_of_who_does_not_show_a_badge_there_is_nothing(give: Any, tmp_path: Path) -> None:
    shown = give("shown", display_name="はな", family_name="本名山")
    hidden = [
        give(f"secret-{level}", level, family_name="秘密山", display_name="かくれ")
        for level in ("private", "council")
    ]
    whole = {path: readable(content) for path, content in files(run(tmp_path / "kept")).items()}
    secrets = ["秘密山", "かくれ", "secret-", "本名山", "shown@example.jp"]
    secrets += [str(one.pk) for one in hidden] + [str(one.person_id) for one in (*hidden, shown)]
    secrets += [one.credential["credentialSubject"]["identifier"][0]["identityHash"] for one in hidden]
    found = [
        (path, word)
        for path, content in whole.items()
        for word in secrets
        if word.encode() in content or word in path
    ]
    assert found == []
    assert any("はな".encode() in content for content in whole.values())
    assert [path for path in whole if path.startswith("badges/") and path.endswith(".jwt")] == [
        f"badges/{shown.pk}.jwt"
    ]


def test_what_is_hidden_again_is_taken_away_and_ones_own_files_stay(
    give: Any, at: Any, tmp_path: Path
) -> None:
    gone, left = give("gone"), give("left")
    place = run(tmp_path / "kept")
    (place / "CNAME").write_text("badges.example.jp")
    (place / "badges" / ".stray.json.part").write_text("of a run that was killed")
    show(gone, "private", at)
    run(place)
    paths_left = files(place)
    assert not [path for path in paths_left if str(gone.pk) in path or "stray" in path]
    assert f"badges/{left.pk}/index.html" in paths_left
    assert not (place / "badges" / str(gone.pk)).exists()
    assert "CNAME" in paths_left
    show(left, "private", at)
    assert not [path for path in files(run(place)) if path.startswith("badges/")]


@pytest.mark.parametrize("pause", ["council", "badges 1", "badges 2", "badges 3"])
@pytest.mark.django_db(transaction=True)
def test_a_kill_leaves_an_unfinished_folder_that_the_next_run_completes(
    give: Any, tmp_path: Path, monkeypatch: Any, capsys: Any, pause: str
) -> None:
    for name in ("ichi", "ni", "san"):
        give(name)
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    whole = files(run(tmp_path / "whole"))
    place, council = tmp_path / "killed", give("yon").council
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        if connection.vendor == "postgresql":
            # The parent's own: closing it here would close it there.
            connection.connection = None

        def stop(words: str) -> None:
            if words.startswith(pause):
                os.write(tell, b".")
                signal.pause()

        exporting.export(place, [council], stop)
        os._exit(0)
    assert os.read(told, 1) == b"."
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left = files(place)
    assert UNFINISHED in left
    assert not {MANIFEST, SUMS} & set(left)
    capsys.readouterr()
    run(place)
    assert UNFINISHED not in files(place)
    assert f"unchanged={len(left) - 1}" in capsys.readouterr().out
    assert files(place) == files(run(tmp_path / "again"))
    assert set(whole) <= set(files(place))


def test_a_folder_of_something_else_is_never_touched(tmp_path: Path, council: Any) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "badges").write_text("mine")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(tmp_path / "letters")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(CommandError, match="Nothing was written"):
        run(tmp_path / "file")
    assert files(tmp_path) == {"letters/badges": b"mine", "file": b"mine"}


def test_two_exports_at_once_into_one_folder_are_one_too_many(tmp_path: Path, council: Any) -> None:
    with open_folder(tmp_path / "kept"), pytest.raises(CommandError, match="Another export"):
        run(tmp_path / "kept")
    with pytest.raises(Unusable), open_folder(tmp_path / "kept"):
        raise Unusable("broken off")
    assert (tmp_path / "kept" / UNFINISHED).exists()


def test_only_the_council_that_is_named(give: Any, other_council: Any, tmp_path: Path) -> None:
    give("ichi")
    found = files(run(tmp_path / "kept", "--council", other_council.slug))
    assert not [path for path in found if "hagi" in path or path.startswith("badges/")]
    assert "c/aomori/index.html" in found
    with pytest.raises(CommandError, match="no such council"):
        run(tmp_path / "kept", "--council", "nowhere")


def test_documents_and_lists_are_those_that_the_site_serves(
    give: Any, client: Client, tmp_path: Path
) -> None:
    for name, naming in (("ichi", "key"), ("ni", "web")):
        give(name, naming=naming)
    place = run(tmp_path / "kept")
    served = [path for path in files(place) if re.search(r"/did\.json$|/(revocation|suspension)$", path)]
    assert len(served) == 1 + 4
    for path in served:
        assert json.loads((place / path).read_bytes()) == json.loads(client.get(f"/{path}").content)
    for path in (path for path in files(place) if re.fullmatch(r"badges/[^/]+\.(json|png|svg)", path)):
        assert (place / path).read_bytes() == client.get(f"/{path}").content


def known(place: Path) -> dict[str, Any]:
    text = (place / "verify" / "data.js").read_text()
    found: dict[str, Any] = json.loads(text.removeprefix("globalThis.sonjukuKeptData = ").removesuffix(";\n"))
    return found


@pytest.mark.parametrize("naming", ["key", "web"])
def test_the_files_alone_tell_what_holds_and_what_was_revoked(
    give: Any, secretariat: Any, at: Any, tmp_path: Path, naming: str
) -> None:
    good, bad = give("good", naming=naming), give("bad", naming=naming)
    actions.change_status(by=secretariat, award=bad, kind="revoke", reason="取り違え")
    place = run(tmp_path / "kept")
    data = known(place)
    for award, told in ((good, ""), (bad, "revoked")):
        found, document = vcjwt.verify((place / f"badges/{award.pk}.jwt").read_text(), at, dids=data["dids"])
        assert [check.reason for check in found.checks if not check.ok] == ["status_unsupported"]
        assert status.status_of(document, data["lists"], at, data["dids"]) == told
        assert found.issuer in data["issuers"]
        assert baking.unbake_svg((place / f"badges/{award.pk}.svg").read_bytes())
    assert "取り違え".encode() not in b"".join(files(place).values())


def test_a_struck_key_makes_no_token_and_the_verifier_knows_it(
    give: Any, secretariat: Any, tmp_path: Path
) -> None:
    award = give("ichi")
    key = award.issuer_key
    actions.strike_key(by=secretariat, key=key, reason="漏れた")
    place = run(tmp_path / "kept")
    assert known(place)["struck"] == [key.did]
    assert not (place / f"badges/{award.pk}.jwt").exists()
    assert "署名した鍵がもうない" in (place / f"badges/{award.pk}/index.html").read_text()


def test_every_reason_of_the_scripts_is_told_as_the_verify_page_tells_it(give: Any, tmp_path: Path) -> None:
    """What only the scripts find has words of its own; what they can't find is not missed."""
    give("ichi")
    page = html.fromstring((run(tmp_path / "kept") / "verify/index.html").read_bytes())
    told = {
        one.get("data-words"): (one.get("data-result"), "".join(one.itertext()))
        for one in page.iter("template")
    }
    scripts = "".join(verifier.asset(f"kept/{name}").decode() for name in verifier.SCRIPTS)
    given = set(
        re.findall(r'(?:refuse\(|return |[?:,] |reason: )"([a-z]+(?:_[a-z]+)+|wrapped|expired)"', scripts)
    )
    assert {"wrapped", "has_proof", "critical_header", "list_bomb", "no_algorithm", "needs_token"} <= given
    for reason in given - {"status_unsupported"}:
        assert f"why:{reason}" in told or f"unread:{reason}" in told, reason
    assert {one: told[f"why:{one}"] for one in verdicts.WORDS if "." not in one and one != "stranger"} == {
        one: (result, str(text)) for one, (result, text) in verdicts.WORDS.items() if "." not in one and one != "stranger"
    }  # fmt: skip


def test_a_map_keeps_every_published_version_and_no_draft(
    badge: Any, council: Any, secretariat: Any, tmp_path: Path
) -> None:
    target = actions.define_achievement(
        by=secretariat, council=council, title="地域DX人材", description="-", criteria="-"
    )
    unseen = actions.define_achievement(
        by=secretariat, council=council, title="下書きの証", description="-", criteria="-"
    )
    made = actions.make_map(
        by=secretariat, council=council, host=council.host, title="道", achievement=target
    )
    first = actions.set_items(
        by=secretariat,
        version=paths.draft(made),
        least=1,
        items=[actions.NewItem("一つめ", achievements=[badge])],
    )
    actions.publish_version(by=secretariat, version=first)
    actions.new_version(by=secretariat, skill_map=made)
    SkillMapItem.objects.filter(version__published_at=None).update(title="まだ出さない")
    text = b"".join(files(run(tmp_path / "kept")).values()).decode("utf-8", "replace")
    assert "一つめ" in text
    assert "まだ出さない" not in text
    assert unseen.title not in text


def test_every_link_leads_to_a_file(give: Any, tmp_path: Path) -> None:
    give("ichi")
    place = run(tmp_path / "kept")
    pages = sorted(place.rglob("*.html"))
    assert len(pages) == 2 * 7
    for page in pages:
        root = html.fromstring(page.read_bytes())
        for address in root.xpath("//@href | //@src | //@data-badges"):
            if address.startswith("#"):
                assert root.xpath(f'//*[@id="{address[1:]}"]')
                continue
            target = (page.parent / address).resolve()
            assert target.is_relative_to(place.resolve())
            assert target.exists(), (page, address)
            assert target.is_file() or address.endswith("badges/")


def test_the_number_of_questions_does_not_grow_with_the_badges(give: Any, tmp_path: Path) -> None:
    give("ichi")

    def asked(place: Path) -> int:
        with CaptureQueriesContext(connection) as queries:
            run(place)
        return len(queries)

    one = asked(tmp_path / "one")
    give("ni")
    give("san")
    assert asked(tmp_path / "three") == one
