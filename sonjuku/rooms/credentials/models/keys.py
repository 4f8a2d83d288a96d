"""The keys with which a council, or one of its bodies, signs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Row
from sonjuku.rooms.people.models import Body, Council


class IssuerKey(Row):
    """A signing key of a council, or of one of its bodies. `did` is the did:key of its public half.

    The private half is encrypted at rest and never exported; it is empty where the key lives outside this program,
    and once the key was struck out. A retired key signs no new badge, and what it signed stays valid.
    """

    class Naming(models.TextChoices):
        KEY = "key", _("鍵そのもの（did:key）")
        WEB = "web", _("このサイトのアドレス（did:web）")

    council = models.ForeignKey(Council, models.PROTECT, related_name="issuer_keys")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")
    did = models.CharField(max_length=120, unique=True)
    naming = models.CharField(max_length=3, choices=Naming, default=Naming.KEY)
    private_key = models.BinaryField(default=b"")
    custodian = models.CharField(
        max_length=80, blank=True, help_text="who answers for it: an office, not a name"
    )
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | Q(retired_at__isnull=False),
                name="struck_key_is_retired",
            ),
        ]

    @property
    def state(self) -> str:
        """ "struck", "retired" or "in_use"."""
        return "struck" if self.struck_at else "retired" if self.retired_at else "in_use"
