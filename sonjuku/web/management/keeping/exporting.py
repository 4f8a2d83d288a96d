"""Writing the kept site: what is public now, and nothing of what was public once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from sonjuku.protocols.openbadges import contexts
from sonjuku.rooms.credentials.queries import keeping
from sonjuku.rooms.people.models import Council
from sonjuku.web.management.keeping import contents, verifier
from sonjuku.web.management.keeping.folder import Counts, open_folder


def export(place: Path, councils: Sequence[Council], tell: Callable[[str], None]) -> Counts:
    """Write the site of these councils; the same data gives the same bytes. Raises Unusable.

    Interrupted, it leaves a folder that says so, and the next run goes on. `tell` hears how far it is.
    """
    known: dict[str, Any] = {"site": settings.SITE_URL, "issuers": {}, "dids": {}, "lists": {}, "struck": []}
    tokens, whole = contents.Tokens(), keeping.public_count(councils)
    with open_folder(place) as folder:
        for council in councils:
            tell(f"council {council.slug}")
            for path, content in contents.of_council(council, tokens, known):
                folder.put(path, content)
        badges = contents.of_badges(councils, tokens, lambda done: tell(f"badges {done} / {whole}"))
        for files in (
            contents.of_house(councils),
            verifier.files(known),
            contents.of_endorsements(councils),
            badges,
        ):
            for path, content in files:
                folder.put(path, content)
        folder.close(
            {
                "site": settings.SITE_URL,
                "councils": sorted(council.slug for council in councils),
                "contexts": {url: f"contexts/{name}" for url, (name, _digest) in contexts.FROZEN.items()},
            }
        )
    return folder.counts
