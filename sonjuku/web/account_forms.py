"""allauth's forms, with our words and with codes as people type them."""

import unicodedata
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _


def _without_placeholders(fields: dict[str, Any]) -> None:
    """They only repeat the label, and look like something already typed."""
    for each in fields.values():
        each.widget.attrs.pop("placeholder", None)


class SignupForm(account.SignupForm):
    """An address, and a password for those who want one: without it the login sends a code by e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self.fields)
        if "password1" in self.fields:
            self.fields["password1"].help_text = _(
                "10文字以上。空のままなら、ログインのたびにメールで番号を送ります。"
            )


class LoginForm(account.LoginForm):
    """With the password left empty it sends a code instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        _without_placeholders(self.fields)


class _Typed:
    """A Japanese keyboard gives wide digits; they mean the same code."""

    cleaned_data: dict[str, Any]
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("番号")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        _without_placeholders(self.fields)

    def clean_code(self) -> str:
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return str(super().clean_code())  # type: ignore[misc]


class ConfirmLoginCodeForm(_Typed, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailForm(_Typed, account.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmResetForm(_Typed, account.ConfirmPasswordResetCodeForm):
    pass


class AuthenticateForm(_Typed, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(_Typed, mfa.ReauthenticateForm):
    pass


class ActivateTotpForm(_Typed, totp.ActivateTOTPForm):
    pass


class _Bare:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_placeholders(self.fields)


class ResetPasswordForm(_Bare, account.ResetPasswordForm):
    pass


class ChangePasswordForm(_Bare, account.ChangePasswordForm):
    pass


class SetPasswordForm(_Bare, account.SetPasswordForm):
    pass


class AddEmailForm(_Bare, account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("新しいメールアドレス")


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """Says in our words what a passkey's name and its way of logging in are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("パスキーの名前")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("パスワードの代わりに使う")
            self.fields["passwordless"].help_text = _(
                "このパスキーだけでログインできます。指紋、顔、または暗証番号で守られた機器が要ります。"
            )


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("パスキーの名前")
