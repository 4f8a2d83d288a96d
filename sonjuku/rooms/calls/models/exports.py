"""The register of lists that left the desk as files."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models.calls import Call
from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Body, Council


class Export(Row):
    """One file that was made of a call's people: which columns, how many rows, what for (利用目的), by whom.

    The journal has one entry `applications.exported` per person, with this row as its subject.
    """

    class Sheet(models.TextChoices):
        APPLICANTS = "applicants", _("申込者")
        PLACES = "places", pgettext_lazy("一覧", "参加者")
        SCORES = "scores", _("審査の採点")
        LETTERS = "letters", _("送ったお知らせ")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel（.xlsx）")
        CSV = "csv", _("CSV（UTF-8・BOM付き）")
        CSV_CP932 = "csv_cp932", _("CSV（CP932・古いソフト向け）")

    council = models.ForeignKey(Council, models.CASCADE, related_name="exports")
    call = models.ForeignKey(Call, models.CASCADE, related_name="exports")
    body = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    sheet = models.CharField(max_length=10, choices=Sheet)
    file_format = models.CharField(max_length=10, choices=Format)
    columns = models.JSONField(default=list, help_text="keys of the columns, never values")
    rows = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
