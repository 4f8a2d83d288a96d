from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Body, Council
from sonjuku.rooms.programmes.models import BusinessLine


class Article(Row):
    """A notice, or a member body's own project, with the days and the office that a notice page owes its readers.

    `revision` ({field: value}) is what a body wants to change in a published article; `revised_at` since when it waits.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", pgettext_lazy("記事", "お知らせ")
        BODY_PROJECT = "body_project", _("構成団体の関連事業")

    class State(models.TextChoices):
        DRAFT = "draft", _("下書き")
        SUBMITTED = "submitted", _("承認待ち")
        RETURNED = "returned", _("差戻し")
        PUBLISHED = "published", pgettext_lazy("記事", "公開中")
        WITHDRAWN = "withdrawn", pgettext_lazy("記事", "掲載終了")

    council = models.ForeignKey(Council, models.CASCADE, related_name="articles")
    body = models.ForeignKey(Body, models.PROTECT, related_name="articles")
    business_line = models.ForeignKey(BusinessLine, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NOTICE)
    slug = models.SlugField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=140)
    title_en = models.CharField(max_length=180, blank=True)
    text = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    owner_office = models.CharField(max_length=120, blank=True, help_text=_("担当課"))
    owner_office_en = models.CharField(max_length=160, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    author = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    return_reason = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    revision = models.JSONField(default=dict, blank=True)
    revised_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["council", "state", "-published_at"])]
        constraints = [models.UniqueConstraint(fields=["council", "slug"], name="article_slug_once")]
