"""How django-allauth behaves here: our mail, our second factors, secrets encrypted at rest."""

import base64
import hashlib
import logging
import smtplib
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.decorators import reauthentication_required
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sonjuku.rooms.people.models import Account, Role
from sonjuku.toolbox.sealing import reseal

log = logging.getLogger(__name__)
SITE_NAME = "Sonjuku"
FEW_CODES = 5
# Said by the page itself, not worth a message above it.
SILENT = {
    f"{name}.txt"
    for name in (
        "account/messages/logged_in",
        "account/messages/logged_out",
        "account/messages/email_confirmation_sent",
        "account/messages/login_code_sent",
        "mfa/messages/recovery_codes_generated",
    )
}


class Backend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> Account | None:
        """The account of a session, and whether it holds any role at all: most don't, and need no look for a desk."""
        roles = Role.objects.filter(account=OuterRef("pk"))
        account = Account.objects.annotate(may_hold_role=Exists(roles)).filter(pk=user_id).first()
        return account if account is not None and self.user_can_authenticate(account) else None


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.language = (get_language() or "ja")[:2]
        return super().save_user(request, user, form, commit=commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code must be there at once, so it is sent in the request; a mail server that is down is said plainly."""
        try:
            with translation.override((get_language() or "ja")[:2]):  # a mail has no furigana
                super().send_mail(
                    template_prefix, email, {**context, "site_name": SITE_NAME, "site_url": settings.SITE_URL}
                )
        except (OSError, smtplib.SMTPException) as problem:
            log.error("account mail %s was not sent: %s", template_prefix, type(problem).__name__)
            messages.error(
                self.request,
                _("いまメールを送れません。少し待ってから、もう一度お試しください。"),
                fail_silently=True,
            )

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        left = printed_codes_left(user)
        if left is not None and left <= FEW_CODES:
            text = _(
                "印刷した番号の残りは %(left)d 個です。なくなる前に「ログインの確認方法」で作り直してください。"
            )
            messages.warning(request, text % {"left": left})
        return response


class MfaAdapter(DefaultMFAAdapter):
    """Printed one-time codes count as a second factor of their own: many desks have neither phone nor USB."""

    def is_mfa_enabled(self, user: AbstractBaseUser, types: Iterable[str] | None = None) -> bool:
        # The login asks for {TOTP, WEBAUTHN}: "must a code be typed?" – with printed codes alone, it must.
        if types is not None and {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN} <= set(types):
            types = [*types, Authenticator.Type.RECOVERY_CODES]
        return bool(super().is_mfa_enabled(user, types))

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": SITE_NAME}


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mfa:" + settings.KEYS_SECRET.encode()).digest()))


def reseal_factors(old_secret: str) -> int:
    """Seal all second factors anew, from `old_secret` to settings.KEYS_SECRET; returns how many rows. Raises SealBroken."""
    changed = 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        data = {name: _resealed(value, old_secret) for name, value in row.data.items()}
        if data != row.data:
            row.data = data
            row.save(update_fields=["data"])
            changed += 1
    return changed


def _resealed(value: Any, old_secret: str) -> Any:
    if isinstance(value, list):
        return [_resealed(each, old_secret) for each in value]
    # What Fernet writes begins so; all else in the row is no secret of ours.
    if not isinstance(value, str) or not value.startswith("gAAAA"):
        return value
    return reseal(value.encode(), old_secret, settings.KEYS_SECRET, "mfa").decode()


def printed_codes(user: AbstractBaseUser) -> RecoveryCodes | None:
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(row) if row else None


def printed_codes_left(user: AbstractBaseUser) -> int | None:
    """None for an account whose second factor is not printed codes alone."""
    if Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        return None
    codes = printed_codes(user)
    return len(codes.get_unused_codes()) if codes else None


@login_required
@reauthentication_required(app="allauth.mfa")
@never_cache
def print_codes(request: HttpRequest) -> HttpResponse:
    """A sheet of one-time codes to print; POST makes a new one, and the old sheet stops working."""
    if request.method == "POST":
        generate_recovery_codes(request)
        return redirect("print_codes")
    codes = printed_codes(authenticated_user(request))
    unused = codes.get_unused_codes() if codes else []
    return render(
        request,
        "mfa/print_codes.html",
        {"codes": [f"{c[:4]} {c[4:]}" for c in unused], "has_sheet": bool(codes)},
    )
