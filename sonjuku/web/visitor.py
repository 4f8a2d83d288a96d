"""Where a request came from, as far as the proxies in front of us can be believed."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The visitor's network address behind settings.ALLAUTH_TRUSTED_PROXY_COUNT proxies; "" when nobody can tell."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
