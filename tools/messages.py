"""The English catalogues: what the code says in Japanese, what English there is for it, what is missing.

python tools/messages.py            report
python tools/messages.py --check    the same; exit status 1 when English is missing or wrong
python tools/messages.py --merge    write locale-fragments/*.po into django.po, add what is missing, drop what is unused
python tools/messages.py --compile  write the .mo files that Django reads

One catalogue per Django app (a room, or a part of the web floor); `sonjuku/locale` serves flows, toolbox and config.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sonjuku"
JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]")
PLACE = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
ALIAS = re.compile(r"\b(n?p?gettext(?:_lazy|_noop)?) as (\w+)")
# No dates and no names: a catalogue changes only where its words do.
HEADER = b"""msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
Key = tuple[str | None, str]


@dataclass
class App:
    """A folder that carries a catalogue, and what its code and templates say."""

    folder: Path
    used: dict[Key, tuple[str | tuple[str, ...], str]] = field(default_factory=dict)

    @property
    def catalogue(self) -> Path:
        return self.folder / "locale" / "en" / "LC_MESSAGES" / "django.po"

    @property
    def fragments(self) -> list[Path]:
        return sorted((self.folder / "locale-fragments").glob("*.po"))

    def english(self) -> Catalog:
        """django.po with the fragments laid over it."""
        whole = Catalog(locale="en", charset="utf-8", fuzzy=False)
        for file in [self.catalogue, *self.fragments]:
            if file.exists():
                for message in _read(file):
                    if message.id:
                        whole.add(
                            message.id,
                            message.string,
                            flags=message.flags,
                            context=message.context,
                            user_comments=message.user_comments,
                        )
        return whole


def apps() -> list[App]:
    """Every app with what it says."""
    web = PACKAGE / "web"
    folders = [
        *(p.parent for p in sorted((PACKAGE / "rooms").glob("*/apps.py"))),
        web / "public",
        web / "member",
    ]
    found = [App(folder) for folder in [*folders, web / "staff", web, PACKAGE]]
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).parts
        if path.suffix not in {".py", ".html", ".txt"} or {"tests", "migrations", "static"} & set(inside):
            continue
        owner = next(app for app in found if path.is_relative_to(app.folder))
        for key, message, line in said(path):
            owner.used.setdefault(key, (message, f"{path.relative_to(ROOT)}:{line}"))
    return found


def said(path: Path) -> Iterator[tuple[Key, str | tuple[str, ...], int]]:
    """The Japanese messages of one Python file or template: key, message (a pair when it has a plural), line."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(source, path)
    words = KEYWORDS | {alias: KEYWORDS[name] for name, alias in ALIAS.findall(source) if name in KEYWORDS}
    for line, message, _comments, context in extract("python", BytesIO(source.encode()), words):
        first = message if isinstance(message, str) else message[0]
        if first and JAPANESE.search(first):
            yield (context, first), message, line


def _as_python(source: str, path: Path) -> str:
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def problems(found: list[App]) -> list[str]:
    """What stands between the site and complete English, one line each."""
    catalogues = [(app, app.english()) for app in found]
    known = {_key(m): m for _app, catalogue in catalogues for m in catalogue if m.id}
    lines = []
    for app in found:
        for key, (_message, place) in app.used.items():
            entry = known.get(key)
            if entry is None or not _text(entry):
                lines.append(f"{place}: no English for {key[1]!r}")
    for app, catalogue in catalogues:
        lines += [
            f"{app.catalogue.relative_to(ROOT)}: {wrong}" for m in catalogue if m.id for wrong in _wrong(m)
        ]
    return lines + list(_at_odds(catalogues))


def _at_odds(catalogues: list[tuple[App, Catalog]]) -> Iterator[str]:
    """Django reads all catalogues as one, so a message has one English; what differs in meaning needs a context."""
    first: dict[Key, tuple[App, str]] = {}
    for app, catalogue in catalogues:
        for message in catalogue:
            if message.id and _text(message):
                other, text = first.setdefault(_key(message), (app, _text(message)))
                if text != _text(message):
                    where = other.catalogue.relative_to(ROOT)
                    yield f"{app.catalogue.relative_to(ROOT)}: {message.id!r} has another English in {where}"


def unused(found: list[App]) -> list[str]:
    said_anywhere = {key for app in found for key in app.used}
    return [
        f"{app.catalogue.relative_to(ROOT)}: {m.id!r} is said nowhere"
        for app in found
        for m in app.english()
        if m.id and _key(m) not in said_anywhere
    ]


def _wrong(message: Message) -> Iterator[str]:
    original = message.id if isinstance(message.id, str) else message.id[0]
    for text in [message.string] if isinstance(message.string, str) else message.string or ():
        if message.fuzzy:
            yield f"{original!r} is marked fuzzy"
        if text and JAPANESE.search(text):
            yield f"{original!r} has Japanese in its English"
        if text and _places(text) != _places(original):
            yield f"{original!r} and its English have different places to fill"


def _places(text: str) -> set[str]:
    return {a or b for a, b in PLACE.findall(text)}


def _text(message: Message) -> str:
    return message.string if isinstance(message.string, str) else (message.string or ("",))[0]


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def merge(found: list[App]) -> None:
    for app in found:
        english = app.english()
        whole = Catalog(locale="en", charset="utf-8", fuzzy=False, project="Sonjuku", version="")
        known = {_key(m): m for m in english if m.id}
        elsewhere = {_key(m) for other in found if other is not app for m in other.english() if m.id}
        for key, (message, _place) in app.used.items():
            entry = known.get(key)
            if entry or key not in elsewhere:
                whole.add(message, entry.string if entry else None, context=key[0])
        if not list(whole)[1:] and not app.catalogue.exists():
            continue
        app.catalogue.parent.mkdir(parents=True, exist_ok=True)
        with app.catalogue.open("wb") as file:
            file.write(HEADER)
            write_po(file, whole, width=110, sort_output=True, omit_header=True)
        for fragment in app.fragments:
            fragment.unlink()


def compile_all(found: list[App]) -> int:
    """Write one .mo per app; returns how many. A process never sees half a file."""
    count = 0
    for app in found:
        english = app.english()
        if len(english) == 0:
            continue
        target = app.catalogue.with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            write_mo(file, english)
        draft.replace(target)
        count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--check", "--merge", "--compile"):
        parser.add_argument(name, action="store_true")
    options = parser.parse_args()
    if options.compile:
        folders = [
            App(p.parent) for pattern in ("**/locale", "**/locale-fragments") for p in PACKAGE.glob(pattern)
        ]
        print(f"messages: {compile_all(list({a.folder: a for a in folders}.values()))} catalogues")
        return 0
    found = apps()
    if options.merge:
        merge(found)
        found = apps()
    lines = problems(found)
    print("\n".join(lines + ([] if options.check else unused(found))))
    print(f"messages: {sum(len(app.used) for app in found)} said, {len(lines)} problems")
    return 1 if options.check and lines else 0


if __name__ == "__main__":
    sys.exit(main())
