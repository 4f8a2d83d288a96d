"""What the personal information law asks of a council: requests, records of giving, keeping and disposing, terms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models.accounts import Account
from sonjuku.rooms.people.models.consents import Consent
from sonjuku.rooms.people.models.councils import Body, Council
from sonjuku.rooms.people.models.persons import Person


class DataRequest(Row):
    """A person asks for disclosure, correction, a stop or erasure (法33–35条; public bodies 76条–). One row per request."""

    class Kind(models.TextChoices):
        DISCLOSURE = "disclosure", pgettext_lazy("請求", "開示")
        CORRECTION = "correction", pgettext_lazy("請求", "訂正")
        STOP = "stop", pgettext_lazy("請求", "利用停止")
        ERASURE = "erasure", pgettext_lazy("請求", "消去")

    class State(models.TextChoices):
        RECEIVED = "received", _("受付済み")
        CHECKING = "checking", _("確認中")
        DONE = "done", _("対応済み")
        REFUSED = "refused", _("応じられないと回答")
        WITHDRAWN = "withdrawn", _("取下げ")

    council = models.ForeignKey(Council, models.CASCADE, related_name="data_requests")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", help_text=_("応じる団体"))
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="data_requests")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    text = models.TextField(blank=True, help_text=_("求めている内容"))
    received_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True, help_text=_("空欄は、日数の定めなし（遅滞なく）"))
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    identity_how = models.CharField(max_length=140, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, help_text=_("応じない理由・対応の内容"))
    approval_number = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["due_on", "received_at"]
        indexes = [models.Index(fields=["council", "state", "due_on"])]


class RequestRule(Row):
    """How long a kind of body has to answer a kind of request: dated data, never a constant (domain B11)."""

    council = models.ForeignKey(Council, models.CASCADE, null=True, blank=True, related_name="request_rules")
    for_public_bodies = models.BooleanField()
    kind = models.CharField(max_length=12, choices=DataRequest.Kind)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("空欄は、日数の定めなし"))
    fee_note = models.CharField(max_length=140, blank=True)
    basis = models.CharField(max_length=140, blank=True, help_text=_("根拠"))
    valid_from = models.DateField()

    class Meta:
        ordering = ["-valid_from"]


class ProvisionRecord(Row):
    """Personal data went from one body to another (法29条・30条): who, whose, what, by which consent. The law keeps it."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="provision_records")
    from_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    to_body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField(max_length=140, blank=True, help_text=_("構成団体でない提供先"))
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="provision_records"
    )
    person_name = models.CharField(max_length=140, help_text=_("法律が求める本人の氏名"))
    consent = models.ForeignKey(Consent, models.SET_NULL, null=True, blank=True, related_name="+")
    basis = models.CharField(max_length=140, help_text=_("提供の根拠（同意の版など）"))
    items = models.JSONField(default=list)
    about_id = models.UUIDField(null=True, blank=True)
    given_at = models.DateTimeField()
    keep_until = models.DateField()

    class Meta:
        ordering = ["-given_at"]


class RetentionRule(Row):
    """How many fiscal years a kind of record is kept, counted from 1 April after its fiscal year; per call if it says so."""

    class Kind(models.TextChoices):
        APPLICATION = "application", _("申込みと回答")
        UPLOAD = "upload", _("提出されたファイル")
        LETTER = "letter", _("お知らせの控え")
        PERSON = "person", _("本人の登録（どの募集にも残らなくなったもの）")
        IMPORT = "import", _("取込みの途中のデータ")
        PROVISION = "provision", _("ほかの団体に渡した記録")

    council = models.ForeignKey(Council, models.CASCADE, related_name="retention_rules")
    call_id = models.UUIDField(null=True, blank=True, help_text="only for this call")
    kind = models.CharField(max_length=12, choices=Kind)
    years = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=140, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "kind", "call_id"],
                condition=Q(call_id__isnull=False),
                name="retention_rule_once_a_call",
            ),
            models.UniqueConstraint(
                fields=["council", "kind"], condition=Q(call_id__isnull=True), name="retention_rule_once"
            ),
        ]


class Disposal(Row):
    """廃棄: what is due, the approval it waits for (廃棄決裁), and how many rows were then erased. Counts, no names."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("決裁待ち")
        APPROVED = "approved", _("決裁済み")
        DONE = "done", _("廃棄済み")
        KEPT = "kept", _("保存を延長")

    council = models.ForeignKey(Council, models.CASCADE, related_name="disposals")
    kind = models.CharField(max_length=12, choices=RetentionRule.Kind)
    call_id = models.UUIDField(null=True, blank=True)
    call_title = models.CharField(max_length=140, blank=True)
    fiscal_year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    rows = models.PositiveIntegerField(default=0, help_text="how many the approval was asked for")
    erased = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    approval_number = models.CharField(max_length=60, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "kind", "call_id", "fiscal_year"],
                condition=Q(call_id__isnull=False),
                name="disposal_once_a_call",
            ),
            models.UniqueConstraint(
                fields=["council", "kind", "fiscal_year"],
                condition=Q(call_id__isnull=True),
                name="disposal_once",
            ),
        ]


class TermsVersion(Row):
    """利用規約・プライバシーポリシー of one council in one version: names the 運営主体, is never edited once in force."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("利用規約")
        PRIVACY = "privacy", _("プライバシーポリシー")

    council = models.ForeignKey(Council, models.CASCADE, related_name="terms_versions")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.PositiveSmallIntegerField()
    operator_name = models.CharField(max_length=140, help_text=_("運営主体"))
    operator_address = models.CharField(max_length=200, blank=True)
    operator_representative = models.CharField(max_length=140, blank=True)
    text = models.TextField()
    text_en = models.TextField(blank=True)
    changes = models.TextField(blank=True, help_text=_("前の版からの変更点"))
    valid_from = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["council", "kind", "number"], name="terms_version_once")
        ]


class TermsAcceptance(Row):
    """A person agreed to a version of a council's terms."""

    council = models.ForeignKey(Council, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="terms_acceptances")
    version = models.ForeignKey(TermsVersion, models.PROTECT, related_name="acceptances")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="terms_accepted_once")]


class AccessibilityStatement(Row):
    """ウェブアクセシビリティ方針と試験結果 of a council. 「適合」 is no choice: nobody assessed conformity (domain B10)."""

    class Result(models.TextChoices):
        NOT_TESTED = "not_tested", _("まだ試験していません")
        CONSIDERED = "considered", _("配慮")
        PARTIAL = "partial", _("一部準拠")
        MET = "met", _("準拠")

    council = models.OneToOneField(Council, models.CASCADE, related_name="accessibility_statement")
    target = models.CharField(max_length=140, default="JIS X 8341-3:2016 レベルAA")
    due_on = models.DateField(null=True, blank=True, help_text=_("目標を達成する期限"))
    result = models.CharField(max_length=12, choices=Result, default=Result.NOT_TESTED)
    tested_on = models.DateField(null=True, blank=True)
    tested_by = models.CharField(max_length=140, blank=True)
    tested_pages = models.TextField(blank=True, help_text=_("試験したページと方法"))
    exceptions = models.TextField(blank=True, help_text=_("できていないことと、代わりの方法"))
    exceptions_en = models.TextField(blank=True)
    other_ways = models.TextField(blank=True, help_text=_("電話・紙での手続き"))
    other_ways_en = models.TextField(blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(result__in=["partial", "met"]) | Q(tested_on__isnull=False),
                name="accessibility_tested_before_claimed",
            )
        ]
