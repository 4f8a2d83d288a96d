"""Included by member/urls.py, in its namespace. Metadata for apps (web/wallets) names the address of the consent."""

from django.urls import path

from sonjuku.web.member import connections

urlpatterns = [
    path("oauth/authorize/", connections.consent, name="wallet_consent"),
    path("me/connections/", connections.connections, name="connections"),
    path("me/connections/<uuid:connection_id>/end/", connections.connection_end, name="connection_end"),
    path("me/badges/<uuid:award_id>/wallet/", connections.badge_wallet, name="badge_wallet"),
]
