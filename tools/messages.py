"""The catalogues: what the code says in Japanese, its English, its plain Japanese with readings, what is missing.

python tools/messages.py            report
python tools/messages.py --check    the same; exit status 1 when something is missing or wrong
python tools/messages.py --merge    write locale-fragments/*.po into django.po, add what is missing, drop what is unused
python tools/messages.py --compile  write the .mo files that Django reads

One catalogue per Django app (a room, or a part of the web floor); `sonjuku/locale` serves flows, toolbox and config.
English is for all that is said, plain Japanese (ja_Easy, written `｜漢字《かんじ》`) for what citizens' pages say.
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
sys.path.insert(0, str(ROOT))  # run as a script, before anything is installed

from sonjuku.toolbox import furigana  # noqa: E402

PACKAGE = ROOT / "sonjuku"
JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]")
# What a page outside of the desk says: the web floor without it, and what rooms and flows lend to such pages.
EASY = re.compile(
    r"web/(public|member|api|templatetags|templates/(?!base_staff|kept/|parcel|\w+/email/))|web/(account_forms|apps|badge_files|companions|errors|questions|skill_ways|wishes)\.py"
    r"|flows/((applying|asking|attending|claiming|guarding|looking|withdrawing)\.py|holding/)"
    r"|rooms/calls/(actions/(_shared|applications|companions|waiting|wishing)|models/(applications|calls)"
    r"|rules/(eligibility|timeline|words))\.py"
    r"|rooms/credentials/(rules/\w+|models/(achievements|awards|experience|layers|outside|paths))\.py|rooms/forms/(actions/answering|models|queries|rules/taking|rules/wording)\.py"
    r"|rooms/matching/(models|rules|actions/(_shared|ranking))\.py|rooms/letters/(models|rules)\.py|rooms/newsroom/models\.py|rooms/participation/(?!apps)"
    r"|rooms/people/(actions/(consents|persons|requests)|models/\w+)\.py|rooms/(programmes|talent)/models\.py"
)
BARE_KANJI = re.compile(furigana.KANJI)
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
EASY_HEADER = b"""msgid ""
msgstr ""
"Language: ja_Easy\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
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
    to_citizens: set[Key] = field(default_factory=set)

    @property
    def catalogue(self) -> Path:
        return self.folder / "locale" / "en" / "LC_MESSAGES" / "django.po"

    @property
    def easy_catalogue(self) -> Path:
        return self.folder / "locale" / "ja_Easy" / "LC_MESSAGES" / "django.po"

    @property
    def fragments(self) -> list[Path]:
        return sorted((self.folder / "locale-fragments").glob("*.po"))

    def english(self) -> Catalog:
        """django.po with the fragments laid over it."""
        whole = _empty("en")
        for file in [self.catalogue, *self.fragments]:
            if file.exists():
                for message in _read(file):
                    if message.id:
                        # Adding alone would keep what stands there, an empty English too.
                        whole.delete(message.id, context=message.context)
                        whole.add(
                            message.id,
                            message.string,
                            flags=message.flags,
                            context=message.context,
                            user_comments=message.user_comments,
                        )
        return whole

    def easy(self) -> Catalog:
        """Plain Japanese, as it is written: with `｜漢字《かんじ》`."""
        return _read(self.easy_catalogue, "ja") if self.easy_catalogue.exists() else _empty("ja")


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
            if EASY.match("/".join(inside)):
                owner.to_citizens.add(key)
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
    return lines + list(_at_odds(catalogues)) + list(easy_problems(found))


def easy_problems(found: list[App]) -> Iterator[str]:
    """What a citizen's page says without plain Japanese, and what is wrong with that."""
    known = {_key(m): m for app in found for m in app.easy() if m.id}
    for app in found:
        for key in sorted(app.to_citizens, key=str):
            entry = known.get(key)
            if BARE_KANJI.search(key[1]) and (entry is None or not _text(entry)):
                yield f"{app.used[key][1]}: no plain Japanese for {key[1]!r}"
        for message in app.easy():
            for wrong in _wrong_easy(message) if message.id else ():
                yield f"{app.easy_catalogue.relative_to(ROOT)}: {wrong}"


def _wrong_easy(message: Message) -> Iterator[str]:
    original, text = _key(message)[1], _text(message)
    shown = furigana.NOTATION.sub("", text)
    if found := BARE_KANJI.search(shown):
        yield f"{original!r}: {found[0]} has no reading"
    if re.search("[｜《》]", shown):
        yield f"{original!r}: a reading is not written as ｜漢字《かんじ》"
    if text and _places(text) != _places(original):
        yield f"{original!r} and its plain Japanese have different places to fill"


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
        for m in [*app.english(), *app.easy()]
        # Django's and allauth's own words, which are not Japanese, have plain Japanese too.
        if m.id and JAPANESE.search(_key(m)[1]) and _key(m) not in said_anywhere
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


def _empty(locale: str) -> Catalog:
    return Catalog(locale=locale, charset="utf-8", fuzzy=False, project="Sonjuku", version="")


def _read(path: Path, locale: str = "en") -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _write(path: Path, header: bytes, catalogue: Catalog) -> None:
    if not list(catalogue)[1:] and not path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header)
        write_po(file, catalogue, width=110, sort_output=True, omit_header=True)


def misshapen(found: list[App]) -> list[str]:
    """Fragments' entries whose English has one form where the code counts, or forms where it does not."""
    wanted = {key: message for app in found for key, (message, _place) in app.used.items()}
    return [
        f"{fragment.relative_to(ROOT)}: {_key(entry)[1]!r} needs "
        + ("msgid_plural with msgstr[0] and msgstr[1]" if counted else "one msgstr, no msgid_plural")
        for app in found
        for fragment in app.fragments
        for entry in _read(fragment)
        if entry.id and _key(entry) in wanted
        for counted in [not isinstance(wanted[_key(entry)], str)]
        if counted != isinstance(entry.id, tuple | list)
    ]


def merge(found: list[App]) -> None:
    """Keep the English where it is said, take it along from where it no longer is; each new message once."""
    catalogues = [{_key(m): m for m in app.english() if m.id} for app in found]
    known = {key: message for catalogue in catalogues for key, message in catalogue.items()}
    written = {key for app, own in zip(found, catalogues, strict=True) for key in own.keys() & app.used}
    for app, own in zip(found, catalogues, strict=True):
        whole = _empty("en")
        for key, (message, _place) in app.used.items():
            if key in own or key not in written:
                entry = own.get(key) or known.get(key)
                whole.add(message, entry.string if entry else None, context=key[0])
                written.add(key)
        _write(app.catalogue, HEADER, whole)
        for fragment in app.fragments:
            fragment.unlink()
    merge_easy(found)


def merge_easy(found: list[App]) -> None:
    """Keep what is still said, and add what is not there yet, empty; each message once, in the first app to say it."""
    written: set[Key] = set()
    known = {_key(m): m for app in found for m in app.easy() if m.id}
    for app in found:
        whole = _empty("ja")
        for message in app.easy():
            if message.id and not JAPANESE.search(_key(message)[1]):
                whole.add(message.id, message.string, context=message.context)
        for key in (key for key in app.used if key in app.to_citizens and key not in written):
            if BARE_KANJI.search(key[1]):
                entry = known.get(key)
                whole.add(app.used[key][0], entry.string if entry else None, context=key[0])
                written.add(key)
        _write(app.easy_catalogue, EASY_HEADER, whole)


def compile_all(found: list[App]) -> int:
    """Write the .mo files, up to two for an app; returns how many."""
    count = 0
    for app in found:
        easy = app.easy()
        for message in easy:
            if message.id:
                texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                kept = [furigana.held(text) for text in texts]
                message.string = kept[0] if isinstance(message.string, str) else tuple(kept)
        count += _compile(app.catalogue, app.english()) + _compile(app.easy_catalogue, easy)
    return count


def _compile(path: Path, catalogue: Catalog) -> bool:
    """A process never sees half a file."""
    if len(catalogue) == 0:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(path.with_suffix(".mo"))
    return True


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
        if wrong := misshapen(found):
            print("\n".join([*wrong, "messages: nothing was merged; correct this first"]))
            return 1
        merge(found)
        found = apps()
    lines = problems(found)
    print("\n".join(lines + ([] if options.check else unused(found))))
    print(f"messages: {sum(len(app.used) for app in found)} said, {len(lines)} problems")
    return 1 if options.check and lines else 0


if __name__ == "__main__":
    sys.exit(main())
