import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Account, Council, Person


class Form(Row):
    council = models.ForeignKey(Council, models.CASCADE, related_name="forms")
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]


class FormVersion(Row):
    """The wording people answer. Editable until `frozen_at`; a correction afterwards makes the next number."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["form", "number"]
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="form_version_once")]

    @property
    def council_id(self) -> uuid.UUID:
        return self.form.council_id


class Question(Row):
    class Kind(models.TextChoices):
        TEXT = "text", _("短い文")
        LONG_TEXT = "long_text", _("長い文")
        NUMBER = "number", _("数")
        DATE = "date", _("日付")
        SINGLE = "single", _("一つ選ぶ")
        MULTIPLE = "multiple", _("いくつでも選ぶ")
        SCALE = "scale", _("段階で答える")
        FILE = "file", _("ファイル")
        EMAIL = "email", _("メールアドレス")
        PHONE = "phone", _("電話番号")
        ADDRESS = "address", _("住所")
        CONSENT = "consent", _("同意")
        HEADING = "heading", _("見出し・説明")

    class ShowIfOp(models.TextChoices):
        IS = "is", _("が次のとき")
        IS_NOT = "is_not", _("が次でないとき")
        INCLUDES = "includes", _("に次を含むとき")
        AT_LEAST = "at_least", _("が次以上のとき")
        ANSWERED = "answered", _("に回答があるとき")

    version = models.ForeignKey(FormVersion, models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40)
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    help_text = models.TextField(blank=True)
    help_text_en = models.TextField(blank=True)
    required = models.BooleanField(default=False)
    minimum = models.IntegerField(null=True, blank=True)
    maximum = models.IntegerField(null=True, blank=True)
    options = models.JSONField(default=list, help_text="[{value, title, title_en}]")
    show_if_question = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    show_if_op = models.CharField(max_length=10, choices=ShowIfOp, blank=True)
    show_if_value = models.CharField(max_length=120, blank=True)
    is_sensitive = models.BooleanField(default=False, help_text=_("要配慮個人情報"))
    viewers = models.ManyToManyField(Account, blank=True, related_name="+")

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="question_key_once")]


class Response(Row):
    """One person's answers to one version, about one row above (an application, an obligation)."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="responses")
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="responses")
    person = models.ForeignKey(Person, models.CASCADE, related_name="responses")
    about_id = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["about_id"])]
        constraints = [
            models.UniqueConstraint(fields=["version", "person", "about_id"], name="response_once")
        ]


class Answer(Row):
    """`value` is JSON by kind: str, int, ISO date, true, option value(s), upload ids, or an address's three parts.

    An address is {postal_code, area, street}. An erased answer keeps its row and the value null.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    value = models.JSONField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once")]


def private_storage() -> Storage:
    return storages["private"]


def upload_key(instance: "Upload", filename: str) -> str:
    return f"{instance.id.hex[-2:]}/{instance.id.hex}"


class Upload(Row):
    """A file someone handed in: random key, outside the web root, streamed only after a permission check.

    One without a person is the council's own (a talk's slides); whoever points at it decides who reads it.
    """

    council = models.ForeignKey(Council, models.CASCADE, related_name="uploads")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="uploads")
    response = models.ForeignKey(Response, models.CASCADE, null=True, related_name="uploads")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="+")
    file = models.FileField(storage=private_storage, upload_to=upload_key, max_length=200)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
