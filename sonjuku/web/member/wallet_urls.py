"""Included by member/urls.py, in its namespace. Metadata for apps (web/wallets) names the address of the consent."""

from django.urls import path

from sonjuku.web.member import wallets

urlpatterns = [
    path("oauth/authorize/", wallets.consent, name="wallet_consent"),
    path("me/connections/", wallets.connections, name="connections"),
    path("me/connections/<uuid:connection_id>/end/", wallets.connection_end, name="connection_end"),
    path("me/badges/<uuid:award_id>/wallet/", wallets.badge_wallet, name="badge_wallet"),
]
