"""Everything held about a person as one ZIP: a page to read, tables, JSON for machines, the files. Made while it is sent."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

from sonjuku.flows.holding import Item, Section
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.files import safe_name

CHUNK = 64 * 1024
STYLE = Path(__file__).parent / "static" / "sonjuku" / "parcel.css"


class _Pipe(io.RawIOBase):
    """Where the ZIP is written: what has come since last time is taken out and sent."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)

    def take(self) -> bytes:
        data, self.held = bytes(self.held), bytearray()
        return data


def response(
    council: Council, sections: list[Section], uploads: list[Upload], awards: Iterable[Award], day: Any
) -> StreamingHttpResponse:
    """A download that never holds more than one file's piece in memory."""
    listed = {
        upload.pk: f"files/{number:02}-{safe_name(upload.name)}" for number, upload in enumerate(uploads, 1)
    }
    context = {"council": council, "sections": sections, "day": day, "paths": list(listed.values())}
    texts = {
        "index.html": render_to_string("parcel.html", context).encode(),
        "parcel.css": STYLE.read_bytes(),
        "data.json": _json(council, sections, day).encode(),
        **{f"tables/{section.name}.csv": _csv(section) for section in sections if section.items},
        **{
            f"badges/{award.pk}.json": json.dumps(award.credential, ensure_ascii=False).encode()
            for award in awards
        },
    }
    stream = _zipped(
        texts, [(listed[upload.pk], upload) for upload in uploads], get_language() or settings.LANGUAGE_CODE
    )
    sent = StreamingHttpResponse(stream, content_type="application/zip")
    sent["Content-Disposition"] = f'attachment; filename="my-data-{council.slug}-{day:%Y%m%d}.zip"'
    sent["Cache-Control"] = "private, no-store"
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


def _zipped(texts: dict[str, bytes], files: list[tuple[str, Upload]], language: str) -> Iterator[bytes]:
    pipe = _Pipe()
    with override(language), zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, data in texts.items():
            archive.writestr(name, data)
            yield pipe.take()
        for name, upload in files:
            with archive.open(name, "w") as entry, upload.file.open("rb") as source:
                while piece := source.read(CHUNK):
                    entry.write(piece)
                    yield pipe.take()
    yield pipe.take()


def _json(council: Council, sections: list[Section], day: Any) -> str:
    data: dict[str, Any] = {"council": council.slug, "as_of": day.isoformat()}
    for section in sections:
        data[section.name] = [{fact.name: fact.value for fact in item.facts} for item in section.items]
    return json.dumps(data, ensure_ascii=False, indent=2)


def _csv(section: Section) -> bytes:
    labels = {fact.name: str(fact.label) for item in section.items for fact in item.facts}
    return write_csv([_row(item, list(labels)) for item in section.items], list(labels.values()))


def _row(item: Item, names: list[str]) -> list[str]:
    told = {fact.name: fact.text for fact in item.facts}
    return [told.get(name, "") for name in names]
