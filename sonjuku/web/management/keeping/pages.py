"""Pages of the kept site: plain files in two languages, whose links hold on any host and from a disk."""

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

File = tuple[str, bytes]
# As the site's own addresses: a printed QR still leads to its page.
LANGUAGES = {"ja": "", "en": "en/"}


def page(path: str, template: str, **context: Any) -> Iterator[File]:
    """The page of a folder ("" or `a/b/`) in both languages.

    Templates get `root` and `pages`: the way to the top of all files, and of the pages in this language.
    """
    for language, prefix in LANGUAGES.items():
        root = "../" * f"{prefix}{path}".count("/")
        other = next(name for name in LANGUAGES if name != language)
        ways = {
            "root": root,
            "pages": f"{root}{prefix}",
            "other_page": f"{root}{LANGUAGES[other]}{path}index.html",
        }
        with translation.override(language):
            text = render_to_string(f"kept/{template}", {**context, **ways})
        yield f"{prefix}{path}index.html", text.encode()
