"""Making a file as its test wants it, and reading it back."""

import csv
import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from sonjuku.flows import exporting
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

PURPOSE = "当日の名簿のため"


def keys(by: Actor, call: Any, kind: str = "applicants") -> list[str]:
    return [column.key for column in exporting.sheet(by=by, call=call, kind=kind).columns()]


def made(
    by: Actor, call: Any, columns: Any = None, kind: str = "applicants", file_format: str = "csv"
) -> exporting.File:
    return exporting.export(
        by=by,
        call=call,
        kind=kind,
        columns=columns or keys(by, call, kind),
        purpose=PURPOSE,
        file_format=file_format,
    )


def table(file: exporting.File, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode(encoding), newline="")))


def sheet(file: exporting.File) -> Any:
    return openpyxl.load_workbook(io.BytesIO(file.content)).active


def refused(code: str, **arguments: Any) -> None:
    with pytest.raises(Refused) as caught:
        exporting.export(**{"purpose": PURPOSE, "file_format": "csv", "kind": "applicants", **arguments})
    assert caught.value.code == code


def wall(*parts: int) -> dt.datetime:
    """What a clock in Tokyo shows; a sheet knows no zones."""
    return dt.datetime(*parts)  # type: ignore[arg-type, misc]  # noqa: DTZ001
