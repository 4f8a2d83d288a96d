"""What is published of a selection that anyone can repeat."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account
from sonjuku.toolbox.ids import receipt_code


class PublishedSelection(Row):
    """What anyone needs to repeat a selection: rules, frozen list, public value, result. Codes only, nothing is a name.

    The texts are those of `engines.selection.wire`, to the byte: what is hashed is what is stored.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("準備中")
        PUBLISHED = "published", _("規則を公開")
        FROZEN = "frozen", _("一覧を固定")
        DRAWN = "drawn", _("抽選済み")
        ANNOUNCED = "announced", _("発表済み")
        VOIDED = "voided", _("無効")

    class SeedKind(models.TextChoices):
        NUMBER = "number", _("公表される数（二人で入力）")
        DRAND = "drand", _("drand の乱数（貼り付けて検証）")

    code = models.CharField(max_length=12, unique=True, default=receipt_code)
    title = models.CharField(max_length=140, blank=True)
    title_en = models.CharField(max_length=180, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    seed_kind = models.CharField(max_length=8, choices=SeedKind, default=SeedKind.NUMBER)
    seed_source = models.CharField(max_length=200, blank=True)
    seed_source_en = models.CharField(max_length=240, blank=True)
    drand_round = models.PositiveBigIntegerField(null=True, blank=True)
    draws_at = models.DateTimeField(null=True, blank=True)
    check_days = models.PositiveSmallIntegerField(default=3)

    rules = models.TextField(blank=True)
    rules_hash = models.CharField(max_length=64, blank=True)
    rules_at = models.DateTimeField(null=True, blank=True)
    frozen_list = models.TextField(blank=True)
    list_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    public_value = models.CharField(max_length=200, blank=True)
    beacon = models.JSONField(null=True, blank=True, help_text="drand: round, signature, randomness")
    seed = models.CharField(max_length=64, blank=True)
    order = models.TextField(blank=True)
    result = models.TextField(blank=True)
    complaints = models.JSONField(default=list)
    titles = models.JSONField(default=dict, help_text="code in the texts -> [ja, en]")
    drawn_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class TypedValue(Row):
    """The public number as one account typed it; the draw needs two that agree. Its selection calls them `typed_numbers`."""

    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    value = models.CharField(max_length=200)
    typed_at = models.DateTimeField()

    class Meta:
        abstract = True


class PublishedCorrection(Row):
    """What went wrong with a published selection, in words that stay on its page."""

    reason = models.TextField()
    reason_en = models.TextField(blank=True)
    published_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["published_at", "id"]
