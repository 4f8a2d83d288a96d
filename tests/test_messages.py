"""Complete English: everything the code says in Japanese has an entry, and the tool that checks it sees what it must."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent / "tools" / "messages.py"


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_everything_said_in_japanese_has_english(messages):
    assert messages.problems(messages.apps()) == []


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a.py", 'x = _("あ")', {"あ"}),
        ("a.py", 'x = gettext_lazy(\n    "長い"\n    "文"\n)', {"長い文"}),
        ("a.py", 'x = ngettext("%(n)d件", "%(n)d件", n)', {"%(n)d件"}),
        ("a.py", 'x = _("OK"); y = "日本"', set()),
        ("a.py", 'from x import gettext as now\ny = now("今")', {"今"}),
        ("a.html", '<p>\n    {% translate "申し込む" %}</p>', {"申し込む"}),
        ("a.html", "{% blocktranslate with n=x %}残り {{ n }} 席{% endblocktranslate %}", {"残り %(n)s 席"}),
        ("a.html", '{% include "x.html" with label=_("次へ") %}', {"次へ"}),
        ("a.html", "<p>書いただけ</p>", set()),
    ],
)
def test_messages_are_found(messages, tmp_path, name, source, expected):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    assert {key[1] for key, _message, _line in messages.said(path)} == expected


@pytest.mark.parametrize(
    ("english", "flags", "wrong"),
    [
        ("Apply by %(day)s", (), []),
        ("Apply by %(date)s", (), ["places"]),
        ("申込み %(day)s", (), ["Japanese"]),
        ("Apply by %(day)s", ("fuzzy",), ["fuzzy"]),
    ],
)
def test_wrong_english_is_found(messages, english, flags, wrong):
    message = messages.Message("%(day)sまで", english, flags=flags)
    found = list(messages._wrong(message))
    assert len(found) == len(wrong)
    assert all(word in line for word, line in zip(wrong, found, strict=True))


@pytest.mark.parametrize(
    ("easy", "wrong"),
    [
        ("%(day)sまで｜待《ま》ちます", []),
        ("%(day)sまでまちます", []),
        ("%(day)sまで待ちます", ["no reading"]),
        ("%(date)sまで｜待《ま》ちます", ["places"]),
        ("%(day)sまで｜待《matu》ちます", ["no reading", "not written as"]),
        ("%(day)sまで《ま》", ["not written as"]),
    ],
)
def test_wrong_plain_japanese_is_found(messages, easy, wrong):
    message = messages.Message("%(day)sまで待機します", easy)
    found = list(messages._wrong_easy(message))
    assert len(found) == len(wrong)
    assert all(word in line for word, line in zip(wrong, found, strict=True))


def test_plain_japanese_is_asked_of_what_citizens_read(messages, tmp_path):
    """Said on a citizens' page and written nowhere: found; the desk needs none."""
    app = messages.App(tmp_path)
    app.used = {(None, "募集"): ("募集", "a.html:1"), (None, "台帳"): ("台帳", "b.html:1")}
    app.to_citizens = {(None, "募集")}
    assert list(messages.easy_problems([app])) == ["a.html:1: no plain Japanese for '募集'"]
    assert messages.EASY.match("web/member/templates/member/home.html")
    assert not messages.EASY.match("web/staff/templates/staff/home.html")


def test_compiled_plain_japanese_holds_its_readings_apart(messages, tmp_path):
    """Not in the notation, which a visitor could type."""
    app = messages.App(tmp_path)
    whole = messages._empty("ja")
    whole.add("募集", "｜募集《ぼしゅう》")
    messages._write(app.easy_catalogue, messages.EASY_HEADER, whole)
    assert messages.compile_all([app]) == 1
    compiled = app.easy_catalogue.with_suffix(".mo").read_bytes().decode("utf-8", errors="ignore")
    assert "\ufff9募集\ufffaぼしゅう\ufffb" in compiled
    assert "《" not in compiled


FRAGMENT = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
COUNTED = 'msgid "%(n)d件"\nmsgid_plural "%(n)d件"\nmsgstr[0] "one"\nmsgstr[1] "%(n)d of them"\n'


@pytest.mark.parametrize(
    ("said", "entry", "wrong"),
    [
        (("%(n)d件", "%(n)d件"), COUNTED, ""),
        (("%(n)d件", "%(n)d件"), 'msgid "%(n)d件"\nmsgstr "%(n)d of them"\n', "msgid_plural with msgstr[0]"),
        ("%(n)d件", COUNTED, "no msgid_plural"),
        ("%(n)d件", 'msgid "%(n)d件"\nmsgstr "%(n)d of them"\n', ""),
    ],
)
def test_english_of_another_shape_is_named(messages, monkeypatch, tmp_path, said, entry, wrong):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    app = messages.App(tmp_path, {(None, "%(n)d件"): (said, "a.py:1")})
    fragment = tmp_path / "locale-fragments" / "x.po"
    fragment.parent.mkdir()
    fragment.write_text(FRAGMENT + entry, encoding="utf-8")
    found = messages.misshapen([app])
    assert [wrong in line and "x.po" in line for line in found] == ([True] if wrong else [])
    monkeypatch.setattr(messages, "apps", lambda: [app])
    monkeypatch.setattr("sys.argv", ["messages.py", "--merge"])
    assert messages.main() == (1 if wrong else 0)
    assert fragment.exists() == bool(wrong), "what cannot be merged stays where it is"


def test_what_moved_to_another_app_keeps_its_english(messages, tmp_path):
    """Two apps say now what a third one said."""
    old, first, second = (messages.App(tmp_path / name) for name in ("old", "first", "second"))
    whole = messages._empty("en")
    whole.add("形", "Form")
    messages._write(old.catalogue, messages.HEADER, whole)
    first.used = second.used = {(None, "形"): ("形", "a.py:1")}
    messages.merge([old, first, second])
    assert messages.problems([old, first, second]) == []
    assert [len(app.english()) for app in (old, first, second)] == [0, 1, 0]
