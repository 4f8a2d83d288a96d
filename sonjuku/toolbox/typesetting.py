"""Papers as PDF by Typst, where it is installed (the extra `pdf`) and this machine has a Japanese font."""

import importlib
import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

# As the templates name them; one is enough.
JAPANESE = frozenset({
    "Noto Serif CJK JP", "Noto Sans CJK JP", "Noto Serif JP", "Noto Sans JP", "IPAexMincho", "IPAexGothic",
    "Hiragino Mincho ProN", "Hiragino Sans", "Yu Mincho", "Yu Gothic", "MS Mincho", "MS Gothic",
})  # fmt: skip


class CannotTypeset(RuntimeError):
    """No typesetter or no Japanese font here, or a template that doesn't fit its data."""


@cache
def _fonts() -> Any:
    """The machine's fonts, looked for once; None without the typesetter."""
    if importlib.util.find_spec("typst") is None:
        return None
    return importlib.import_module("typst").Fonts()


def can_typeset() -> bool:
    fonts = _fonts()
    return fonts is not None and not JAPANESE.isdisjoint(fonts.families())


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template that reads `json(bytes(sys.inputs.data))`. No word of `data` is read as markup, no file is
    opened and nothing is fetched. Raises CannotTypeset."""
    if not can_typeset():
        raise CannotTypeset("Typst or a Japanese font is missing")
    typst = importlib.import_module("typst")
    try:
        made: bytes = typst.compile(
            template.encode(), format="pdf", font_paths=_fonts(), sys_inputs={"data": json.dumps(data)}
        )
    except typst.TypstError as error:
        raise CannotTypeset(str(error)) from error
    return made
