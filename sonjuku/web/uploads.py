"""How uploads enter: never more than the limit reaches the disk, however much is sent."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.datastructures import MultiValueDict

from sonjuku.rooms.forms.rules import IncomingFile


class LimitedFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps counting past settings.UPLOAD_MAX_BYTES but stops writing: the form then sees the true, refused size."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.UPLOAD_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)


def incoming(files: MultiValueDict[str, UploadedFile] | None) -> dict[str, list[IncomingFile]]:
    """A request's files by input name, as the forms room takes them."""
    return {name: [_one(file) for file in group] for name, group in files.lists()} if files else {}


def _one(file: Any) -> IncomingFile:
    return IncomingFile(name=file.name or "", size=file.size or 0, file=file.file)
