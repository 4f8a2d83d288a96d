"""What we seal holds in another verifier: Digital Bazaar's libraries for Node.js, in the versions of tools/verifier.

They are installed into var/verifier (outside git) by `.ci/run`: npm ci, in a copy of tools/verifier."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from sonjuku.protocols.openbadges import build, contexts, endorsing, keys, proofs, records, status

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ROOT / "var" / "verifier"
AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
KEY = keys.new_key()
ISSUER = build.Issuer(KEY.did, "萩市", "https://sonjuku.example/c/hagi/")
EVERY_SIGN = "".join(map(chr, range(0x20))) + '\x7f\x85"\\𠮷\u2028{0} _:c14n0'


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Asks the other verifier about credentials: a line for each."""
    node = shutil.which("node")
    if node is None or not (INSTALLED / "node_modules").is_dir():
        if os.environ.get("SONJUKU_REQUIRE_NODE"):
            pytest.fail("Node.js or var/verifier is missing, and here they may not be")
        pytest.skip("no Node.js with var/verifier on this machine (.ci/run installs it)")
    shutil.copy(ROOT / "tools" / "verifier" / "verify.mjs", INSTALLED)
    file = tmp_path_factory.mktemp("contexts") / "contexts.json"
    file.write_text(json.dumps({url: contexts.context(url) for url in contexts.FROZEN}))

    def ask(credentials):
        run = subprocess.run(
            [node, "verify.mjs", str(file), proofs.wire_time(AT + timedelta(days=1))],
            input="\n".join(map(json.dumps, credentials)),
            cwd=INSTALLED, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout.splitlines()

    return ask


def badge(number):
    """With two identities, so that its nodes are labelled anew, and every sign that needs an escape."""
    document = build.achievement_credential(
        id=UUID(int=100 + number),
        issuer=ISSUER,
        achievement=build.Achievement(
            UUID(int=2).urn, "ITの基礎", EVERY_SIGN, "条件", "IT basics", "Basics", alignments=[
                build.Alignment("データ活用", "https://skills.example/dss", "B-2", "DSS-P", "データを使う")],
        ),
        subject=build.HashedEmail(f"{number}@example.jp", f"{number}{EVERY_SIGN}"),
        valid_from=AT,
        valid_until=AT + timedelta(days=30),
        evidence=[build.Evidence("出席", f"{number} {EVERY_SIGN}")],
    )  # fmt: skip
    one = document["credentialSubject"]["identifier"][0]
    document["credentialSubject"]["identifier"].append({**one, "salt": f"別の塩{number}"})
    return document


def test_badges_endorsements_and_status_lists_hold(other):
    # From the third on, badges are sealed by template.
    sealed = [proofs.sign(badge(number), KEY, AT + timedelta(seconds=number)) for number in range(8)]
    endorsement = endorsing.endorsement_credential(
        id=UUID(int=9),
        issuer=ISSUER,
        target="urn:uuid:1",
        target_digest=endorsing.digest(b"{}"),
        comment="認めます。",
        valid_from=AT,
    )
    listed = status.list_credential("https://sonjuku.example/s/1", KEY.did, [7], valid_from=AT)
    sealed += [proofs.sign(one, KEY, AT) for one in (endorsement, listed)]
    assert other(sealed) == ["verified"] * 10


def test_a_record_around_badges_of_two_issuers_holds_and_without_one_of_them_does_not(other):
    school = keys.new_key()
    by_school = badge(2) | {"issuer": build.issuer_member(build.Issuer(school.did, "学校"))}
    members = [proofs.sign(badge(1), KEY, AT), proofs.sign(by_school, school, AT)]
    record = records.build(
        id=UUID(int=50), issuer=ISSUER, subject=build.HashedEmail("1@example.jp", "塩"), members=members,
        valid_from=AT, name="学びの記録",
    )  # fmt: skip
    sealed = records.sign(record, KEY, AT)
    subject = sealed["credentialSubject"]
    found = other([sealed, {**sealed, "credentialSubject": {**subject, "verifiableCredential": members[:1]}}])
    assert found[0] == "verified"
    assert found[1].startswith("refused: ")


def test_two_proofs_hold_and_what_was_changed_does_not(other):
    twice = proofs.sign(proofs.sign(badge(1), KEY, AT), KEY, AT + timedelta(hours=1))
    changed = {**twice, "name": "別の名"}
    found = other([twice, changed])
    assert found[0] == "verified"
    assert found[1].startswith("refused: ")
