import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from sonjuku.protocols.openbadges import build, keys

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def vectors():
    """The folder of published test vectors: SONJUKU_VECTORS, or shared/vectors beside the checkout."""
    beside = Path(__file__).resolve().parents[5] / "shared" / "vectors"
    folder = Path(os.environ.get("SONJUKU_VECTORS", beside))
    if not folder.is_dir():
        pytest.skip("the published vectors aren't on this machine (set SONJUKU_VECTORS)")
    return folder


@pytest.fixture(scope="session")
def key():
    return keys.new_key()


@pytest.fixture
def at():
    return AT


@pytest.fixture
def badge(key):
    """An unsigned credential that uses everything that `build` knows."""
    return build.achievement_credential(
        id=UUID("019a3f00-0000-7000-8000-000000000001"),
        issuer=build.Issuer(key.did, "萩市デジタル人材育成推進協議会", "https://sonjuku.example/c/hagi/"),
        achievement=build.Achievement(
            id="urn:uuid:019a3f00-0000-7000-8000-000000000002",
            name="ITの基礎",
            description="パソコンとネットワークの基礎を学びました。",
            criteria="3回の講座すべてに出席し、アンケートに答えること。",
            name_en="IT basics",
            description_en="Learnt the basics of computers and networks.",
            alignments=[
                build.Alignment("データ活用", "https://skills.example/dss", "B-2", "DSS-P", "データを使う"),
                build.Alignment("セキュリティ", "https://skills.example/dss"),
            ],
            image="https://sonjuku.example/badges/1.svg",
        ),
        subject=build.HashedEmail("yamada@example.jp", "塩2026"),
        valid_from=AT,
        valid_until=datetime(2029, 4, 1, tzinfo=UTC),
        evidence=[
            build.Evidence("出席", "3回中3回"),
            build.Evidence("発表", url="https://sonjuku.example/e/1"),
        ],
    )


@pytest.fixture
def schema(vectors):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks credentials against the schema")
    text = (vectors / "1edtech" / "ob_v3p0_achievementcredential_schema.json").read_text()
    return jsonschema.Draft201909Validator(json.loads(text))
