"""Ours beside allauth's, and in place of two of its pages."""

from django.urls import path
from django.views.generic import RedirectView

from sonjuku.web import accounts

_to_sheet = RedirectView.as_view(pattern_name="print_codes")
urlpatterns = [
    path("2fa/print/", accounts.print_codes, name="print_codes"),
    path("2fa/recovery-codes/", _to_sheet),
    path("2fa/recovery-codes/generate/", _to_sheet),
]
