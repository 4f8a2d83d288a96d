import importlib.util

import pytest

from sonjuku.toolbox import typesetting


@pytest.fixture
def fresh():
    """The fonts are looked for once in a process."""
    kept = typesetting._fonts
    kept.cache_clear()
    yield
    kept.cache_clear()


def test_without_the_typesetter_nothing_is_promised(fresh, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not typesetting.can_typeset()
    with pytest.raises(typesetting.CannotTypeset):
        typesetting.pdf("= 見出し", {})


class Fonts:
    def families(self):
        return ["DejaVu Sans"]


def test_without_a_japanese_font_nothing_is_promised(fresh, monkeypatch):
    monkeypatch.setattr(typesetting, "_fonts", lambda: Fonts())
    assert not typesetting.can_typeset()


@pytest.mark.skipif(not typesetting.can_typeset(), reason="Typst or a Japanese font is missing")
@pytest.mark.parametrize("template", ["#panic()", "#(", "#let x = json(bytes(sys.inputs.missing))"])
def test_a_broken_template_fails_in_one_way(template):
    with pytest.raises(typesetting.CannotTypeset):
        typesetting.pdf(template, {})
