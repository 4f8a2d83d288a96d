"""A council's YAML file as plain text values that remember their lines.

Every scalar is read as text: `022071` keeps its zero, `no` stays a word. Aliases and repeated keys are refused.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.utils.translation import gettext as _

MOST_BYTES = 2 * 1024 * 1024
MOST_DEPTH = 12
WIDE = "[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]"


class Problem(NamedTuple):
    """One fault in plain words; `line` counts from 1 and is None where no file was read, `path` is `calls[2].code`."""

    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        where = _("%(line)d行目 ") % {"line": self.line} if self.line else ""
        return f"{where}{self.path}: {self.message}" if self.path else f"{where}{self.message}"


class ImportProblems(Exception):
    """Why nothing was imported: every fault that was found, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Marked(dict[str, Any]):
    """A mapping that knows the line of each of its keys."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def read(source: str | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """The file's mapping. Raises ImportProblems if it is no YAML that can be taken, OSError if it can't be opened."""
    if isinstance(source, Mapping):
        return source
    data = Path(source).read_bytes()
    if len(data) > MOST_BYTES:
        raise ImportProblems([Problem(None, "", _("ファイルが大きすぎます（2MBまで）。"))])
    try:
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise ImportProblems(
            [Problem(None, "", _("文字コードをUTF-8にして保存し直してください。"))]
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = _("YAMLの書き方に誤りがあります。字下げ、コロンの後の空白、引用符を確かめてください。")
        raise ImportProblems([Problem(mark.line + 1 if mark else None, "", message)]) from None
    except RecursionError:
        raise ImportProblems([_too_deep(None)]) from None
    if not isinstance(root, yaml.MappingNode):
        raise ImportProblems([Problem(1, "", _("「項目: 値」の形で書いてください。"))])
    return _mapping(root, set(), 0)


def _mapping(node: yaml.MappingNode, seen: set[int], depth: int) -> Marked:
    made = Marked(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ImportProblems([Problem(line, "", _("項目名は文字で書いてください。"))])
        if key_node.value in made:
            raise ImportProblems([Problem(line, key_node.value, _("同じ項目が二度書かれています。"))])
        made.lines[key_node.value] = line
        made[key_node.value] = _value(value_node, seen, depth + 1)
    return made


def _value(node: yaml.Node, seen: set[int], depth: int) -> Any:
    line = node.start_mark.line + 1
    # A node met twice is an alias; a few of them, nested, would grow without bounds.
    if id(node) in seen:
        raise ImportProblems([Problem(line, "", _("別名（& と *）は使えません。"))])
    seen.add(id(node))
    if depth > MOST_DEPTH:
        raise ImportProblems([_too_deep(line)])
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, seen, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, seen, depth + 1) for item in node.value]
    return _unfolded(node.value) if getattr(node, "style", None) == ">" else node.value


def _unfolded(text: str) -> str:
    """A folded line of Japanese continues without the space that YAML puts for the line's end."""
    return re.sub(rf"(?<={WIDE}) (?={WIDE})", "", text)


def _too_deep(line: int | None) -> Problem:
    return Problem(line, "", _("入れ子が深すぎます。"))
