"""What a stranger holds in test_verify_anything.py: made in the site's environment, printed as JSON for the story.

Run: `python -m tests.stories.verify_cast`.
"""

import base64
import datetime as dt
import json
import os
import uuid
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()
    print(json.dumps(_held(), ensure_ascii=False))


def _held() -> dict[str, Any]:
    from django.conf import settings
    from django.utils import timezone

    from sonjuku.protocols.openbadges import baking, keys, proofs
    from sonjuku.rooms.credentials import actions, queries
    from sonjuku.web import pictures

    award = _award()
    png = baking.bake_png(pictures.png(award.achievement), queries.wire_text(award))
    key, now = keys.new_key(), timezone.now()
    old = {
        name: value for name, value in award.credential.items() if name not in ("proof", "credentialStatus")
    }
    old |= {
        "id": uuid.uuid4().urn,
        "issuer": {"id": key.did, "type": ["Profile"], "name": "むかしの学校"},
        "validUntil": proofs.wire_time(now - dt.timedelta(days=3)),
    }
    record = _record([award.credential, proofs.sign(old, key, now)], key, now)
    return {
        "title": award.achievement.title,
        "council": award.council.title,
        "address": f"{settings.SITE_URL}/badges/{award.id}/",
        "token": actions.token(award),
        "png": base64.b64encode(png).decode(),
        "expired": json.dumps(proofs.sign(old, key, now), ensure_ascii=False),
        "record": json.dumps(record, ensure_ascii=False),
    }


def _award() -> Any:
    """A public badge under a key of this very site: the demo's own lists name the address that it was loaded at."""
    from django.utils import timezone

    from sonjuku.rooms.credentials import actions
    from sonjuku.rooms.credentials.models import Award
    from sonjuku.rooms.journal.models import Actor
    from sonjuku.rooms.people.models import Council, Person

    council = Council.objects.get(slug="tsuyama")
    by = Actor(at=timezone.now(), role="administrator", council_id=council.id)
    actions.rotate_key(by=by, key=actions.ensure_key(by=by, council=council))
    badge = actions.define_achievement(
        by=by, council=council, title="確かめる練習", title_en="Practice of checking", description="確かめた。", criteria="確かめること。"
    )  # fmt: skip
    person = Person.objects.create(
        council=council, family_name="見本", given_name="光", display_name="ひかる", family_name_kana="ミホン",
        given_name_kana="ヒカル", date_of_birth=dt.date(1990, 5, 5),
    )  # fmt: skip
    given = actions.award_many(by=by, achievement=badge, claims=[actions.Claim(person.pk)])[0]
    assert given is not None
    Award.objects.filter(pk=given.pk).update(visibility="public")
    return Award.objects.select_related(
        "achievement", "council", "issuer_key__council", "issuer_key__body"
    ).get(pk=given.pk)


def _record(members: list[Any], key: Any, now: dt.datetime) -> dict[str, Any]:
    from sonjuku.protocols.openbadges import contexts, multibase, proofs, records

    document = {
        "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_3, contexts.LEARNER_RECORD_2],
        "id": uuid.uuid4().urn,
        "type": ["VerifiableCredential", records.RECORD],
        "issuer": {"id": key.did, "type": ["Profile"], "name": "むかしの学校"},
        "name": "学習の記録",
        "validFrom": proofs.wire_time(now),
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": members},
    }
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": proofs.SUITE, "created": proofs.wire_time(now),
        "verificationMethod": key.verification_method, "proofPurpose": "assertionMethod",
    }  # fmt: skip
    value = multibase.encode(key.sign(records.hash_data(document, proof)))
    return document | {"proof": [proof | {"proofValue": value}]}


if __name__ == "__main__":
    main()
