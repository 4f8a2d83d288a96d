"""Files of applications and how far they have come."""

from typing import Any

import pytest

from sonjuku.flows import intake
from sonjuku.flows.tests.intake.files import file_of
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import ImportBatch


@pytest.fixture
def stage(secretariat: Any) -> Any:
    def make(call: Any, *lines: str, **options: Any) -> ImportBatch:
        return intake.open_file(by=secretariat, call=call, file_name="x.csv", data=file_of(*lines, **options))

    return make


@pytest.fixture
def checked(stage: Any, secretariat: Any) -> Any:
    def make(call: Any, *lines: str, **options: Any) -> ImportBatch:
        batch = stage(call, *lines, **options)
        questions = intake.questions_of(call)
        actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=questions)
        intake.check(batch.id, secretariat.at)
        return ImportBatch.objects.get(pk=batch.pk)

    return make


@pytest.fixture
def promote(secretariat: Any) -> Any:
    def make(batch: ImportBatch, **choices: bool) -> ImportBatch:
        batch = actions.ask_to_promote(by=secretariat, batch=batch, **choices)
        return intake.promote(by=secretariat, batch=batch)

    return make
