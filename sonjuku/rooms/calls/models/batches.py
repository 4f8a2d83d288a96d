"""Applications on their way in from a file: staged row by row, checked, then promoted all at once or not at all."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models.applications import Application
from sonjuku.rooms.calls.models.calls import Call
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council


class ImportBatch(Row):
    """One file of applications for one call."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("列の対応を確認中")
        CHECKING = "checking", _("点検中")
        CHECKED = "checked", _("点検済み")
        PROMOTING = "promoting", _("登録中")
        DONE = "done", _("登録済み")
        CANCELLED = "cancelled", pgettext_lazy("取込み", "取りやめ")
        FAILED = "failed", pgettext_lazy("取込み", "失敗")

    council = models.ForeignKey(Council, models.CASCADE, related_name="import_batches")
    call = models.ForeignKey(Call, models.CASCADE, related_name="import_batches")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    upload = models.OneToOneField(Upload, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=200)
    encoding = models.CharField(max_length=20, blank=True)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="{column number: target}")
    rows_total = models.PositiveIntegerField(default=0)
    rows_checked = models.PositiveIntegerField(default=0)
    rows_wrong = models.PositiveIntegerField(default=0)
    rows_promoted = models.PositiveIntegerField(default=0)
    sends_receipts = models.BooleanField(default=False)
    guardian_paper = models.BooleanField(
        default=False, help_text="all guardians' signed consents are in the office"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "import batches"


class ImportRow(Row):
    """One row of the file, and what is wrong with it: [{column, code, row?}]. Deleted once promoted.

    `codes` holds the same codes as one text, each between blanks: what is wrong is found and counted by it. A row
    whose letters are still to be written stays a little longer, without its values.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="line of the sheet, the header is 1")
    values = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    codes = models.CharField(max_length=400, blank=True)
    is_left_out = models.BooleanField(default=False)
    application = models.OneToOneField(Application, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]


class ColumnMapping(Row):
    """How a council last read files with this header: proposed again next time."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="column_mappings")
    header_hash = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "header_hash"], name="column_mapping_once")]
