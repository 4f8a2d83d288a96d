"""Everything that the kept site holds, file by file, at the addresses that the live site has."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from sonjuku.protocols.openbadges import baking, build, contexts, dids, proofs
from sonjuku.protocols.openbadges.signing import Signer, SigningFailed
from sonjuku.rooms.credentials import actions, queries, rules
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey, StatusList
from sonjuku.rooms.credentials.queries import keeping
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.colours import shades
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import pictures
from sonjuku.web.management.keeping import verifier
from sonjuku.web.management.keeping.pages import LANGUAGES, File, page

STYLES = ("tokens.css", "base.css", "layout.css", "controls.css", "parts.css", "print.css")
READMES = ("README.md", "README.ja.md")
P = StatusList.Purpose


class Tokens:
    """Makes tokens for as long as one export runs: opening a sealed key takes longer than many signatures."""

    def __init__(self) -> None:
        self._signers: dict[tuple[Any, str], Signer] = {}

    def of(self, credential: Mapping[str, Any], key: IssuerKey) -> str | None:
        """The credential as a token; None where its key signs no more (struck out, or its program is gone)."""
        did = proofs.issuer_of(credential)
        try:
            if (key.pk, did) not in self._signers:
                self._signers[key.pk, did] = actions.signer(key, did)
            return actions.token_of(credential, self._signers[key.pk, did])
        except (Refused, SigningFailed):
            return None


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def of_house(councils: Sequence[Council]) -> Iterator[File]:
    """What belongs to no council: the entrance, the style, the contexts, and how to host all this."""
    yield from page("", "home.html", councils=councils)
    yield "assets/style.css", b"".join(verifier.asset(name) for name in STYLES)
    for name in ("chevron.svg", "tick.svg", "icon.svg"):
        yield f"assets/{name}", verifier.asset(name)
    for url, (name, _digest) in sorted(contexts.FROZEN.items()):
        yield f"contexts/{name}", contexts.text(url)
    host = settings.SITE_URL.partition("://")[2]
    for name in READMES:
        facts = {"site": settings.SITE_URL, "host": host, "contexts": sorted(contexts.FROZEN.items())}
        yield name, render_to_string(f"kept/{name}", facts).encode()


def of_council(council: Council, tokens: Tokens, known: dict[str, Any]) -> Iterator[File]:
    """Issuers, lists, achievements and skill maps of one council. Adds to `known` what the verifier must know."""
    key, deep, wash, on_key = shades(council.colour)
    colours = f":root {{ --key: {key}; --key-deep: {deep}; --key-wash: {wash}; --on-key: {on_key}; }}\n"
    yield f"assets/{council.slug}.css", colours.encode()
    lists = list(keeping.lists_of(council))
    yield from _issuers(council, lists, known)
    for row in lists:
        yield from _list(council, row, tokens, known)
    for achievement in keeping.shown_achievements(council):
        yield from _achievement(achievement)
    yield from page(
        f"c/{council.slug}/skills/", "skill_maps.html", council=council, versions=keeping.published_versions(council)
    )  # fmt: skip


def _issuers(council: Council, lists: Sequence[StatusList], known: dict[str, Any]) -> Iterator[File]:
    """The council's page, always, and that of each body that ever signed, with their DID documents."""
    keys = keeping.keys_of(council)
    bodies = sorted({key.body for key in keys if key.body}, key=lambda body: (body.name, body.pk))
    shown = list(keeping.shown_achievements(council))
    for body in (None, *bodies):
        own = [key for key in keys if key.body_id == (body.pk if body else None)]
        path = f"c/{council.slug}/" + (f"bodies/{body.pk}/" if body else "")
        did = dids.did_web(f"{settings.SITE_URL}/{path}")
        document = queries.did_document(did)
        if document is not None:
            yield f"{path}did.json", _json(document)
            known["dids"][did] = document
        names = {language: _named(body or council, language) for language in LANGUAGES}
        known["issuers"].update(dict.fromkeys([*([did] if own else []), *(key.did for key in own)], names))
        known["struck"] += [key.did for key in own if key.struck_at]
        yield from page(
            path, "issuer.html", council=council, body=body, keys=own, did=did if own else "",
            bodies=() if body else bodies, lists=() if body else lists,
            achievements=[one for one in shown if one.issuer_body == body],
        )  # fmt: skip


def _named(thing: Any, language: str) -> str:
    name = "name" if hasattr(thing, "name") else "title"
    return str((language == "en" and getattr(thing, f"{name}_en")) or getattr(thing, name))


def _list(council: Council, row: StatusList, tokens: Tokens, known: dict[str, Any]) -> Iterator[File]:
    """Both lists as they are served, and as tokens: what a browser can verify without a library."""
    for purpose in P:
        served = getattr(row, purpose)
        path = f"c/{council.slug}/status/{row.pk}/{purpose}"
        yield path, json.dumps(served, ensure_ascii=False).encode()
        token = tokens.of(served, row.issuer_key)
        if token is not None:
            yield f"{path}.jwt", token.encode()
            known["lists"][served["id"]] = token


def _achievement(achievement: Achievement) -> Iterator[File]:
    path = f"achievements/{achievement.pk}/"
    alignments = list(achievement.alignments.all())
    yield from page(
        path, "achievement.html", council=achievement.council, achievement=achievement,
        skills=[one.skill for one in alignments],
    )  # fmt: skip
    wire = rules.wire_achievement(achievement, alignments)
    yield f"{path}achievement.json", _json(build.achievement_document(wire))
    drawn = pictures.svg(achievement)
    # Twice: the live site's address, and one by whose ending a plain host knows what it is.
    yield f"{path}image", drawn
    yield f"{path}image.svg", drawn


def of_endorsements(councils: Sequence[Council]) -> Iterator[File]:
    """Both layers, as they stood when the base was looked at last."""
    for row in keeping.public_endorsements(councils):
        path = f"endorsements/{row.pk}"
        yield from page(f"{path}/", "endorsement.html", council=row.council, row=row, base=row.certificate)
        yield f"{path}.json", json.dumps(row.credential, ensure_ascii=False, indent=2).encode()


def of_badges(councils: Sequence[Council], tokens: Tokens, tell: Callable[[int], None]) -> Iterator[File]:
    """The badges that their holders made public, and of no other a word. `tell` hears how many are done."""

    # A few achievements at a time have pictures in memory, however many badges there are.
    @lru_cache(maxsize=64)
    def drawn(achievement_id: Any) -> tuple[Achievement, list[Any], bytes, bytes]:
        achievement = queries.achievement(achievement_id)
        assert achievement is not None
        skills = list(achievement.skills.select_related("framework").order_by("code", "pk"))
        return achievement, skills, pictures.png(achievement), pictures.svg(achievement)

    done = 0
    for batch in keeping.public_awards(councils):
        for award in batch:
            award.achievement, skills, png, svg = drawn(award.achievement_id)
            yield from _badge(award, tokens.of(award.credential, award.issuer_key), skills, png, svg)
        done += len(batch)
        tell(done)


def _badge(award: Award, token: str | None, skills: list[Any], png: bytes, svg: bytes) -> Iterator[File]:
    path = f"badges/{award.pk}"
    text = queries.wire_text(award)
    yield from page(
        f"{path}/", "badge.html", council=award.achievement.council, award=award, skills=skills, has_token=bool(token)
    )  # fmt: skip
    yield f"{path}.json", text.encode()
    if token:
        yield f"{path}.jwt", token.encode()
    yield f"{path}.png", baking.bake_png(png, text)
    yield f"{path}.svg", baking.bake_svg(svg, text)
