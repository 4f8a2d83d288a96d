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
