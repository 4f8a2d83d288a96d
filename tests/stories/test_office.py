"""Papers that an office edits: downloaded at the desk, opened in an office program, and not a word is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.paper import lost, needs_office, open_in_office, paragraphs
from tests.stories.site import Site

CALL = "/c/hagi/desk/calls/it-passport-winter/papers/"
DECIDED = "/c/hagi/desk/calls/video-autumn/papers/"
HANDOVER = "/c/hagi/desk/handover/"
# The page, and the paper's row on it ("" where the page has one paper only); what the paper is sure to say.
PAPERS = (
    (CALL, "募集要項", "萩IT松下村塾 ITパスポート講座 冬期"),
    (CALL, "起案：募集の開始", "起案"),
    (DECIDED, "起案：参加者の決定", "起案"),
    (DECIDED, "起案：結果の発表", "起案"),
    (DECIDED, "起案：外部への提供", "起案"),
    (HANDOVER, "", "引継書"),
)


def download(desk: Page, page: str, title: str, folder: Path) -> Path:
    desk.goto(page)
    row = desk.locator(".question-row", has=desk.get_by_text(title, exact=True))
    link = (row if title else desk.get_by_role("main")).get_by_role("link", name="DOCX")
    expect(link).to_have_count(1)
    with desk.expect_download() as waiting:
        link.click()
    file = folder / f"{len(list(folder.glob('*.docx')))}.docx"
    waiting.value.save_as(file)
    return file


@needs_office
@pytest.mark.story
def test_an_office_program_loses_nothing(
    site: Site, desk: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    become(desk, "萩の事務局")
    files = [download(desk, page, title, tmp_path) for page, title, _words in PAPERS]
    for (_page, title, words), file, pdf in zip(PAPERS, files, open_in_office(files, tmp_path), strict=True):
        document = file.read_bytes()
        said = paragraphs(document)
        assert len(said) > 20, title
        assert any("".join(words.split()) in text for text in said), title
        assert lost(document, pdf) == [], title
