"""Addresses for apps, outside of the pages' languages; their paths are the standards' own or named by metadata."""

from django.urls import path

from sonjuku.web.wallets import issuing, oauth, service

app_name = "wallets"
urlpatterns = [
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth_metadata"),
    path(".well-known/openid-credential-issuer", issuing.metadata, name="issuer_metadata"),
    path("oauth/token/", oauth.token, name="token"),
    path("oauth/revoke/", oauth.revoke, name="revoke"),
    path("oauth/register/", oauth.register, name="register"),
    path("oid4vci/offers/<str:code>/", issuing.offer, name="offer"),
    path("oid4vci/nonce/", issuing.nonce, name="nonce"),
    path("oid4vci/credential/", issuing.credential, name="credential"),
    path("ims/ob/v3p0/discovery", service.discovery, name="discovery"),
    path("ims/ob/v3p0/credentials", service.credentials, name="credentials"),
    path("ims/ob/v3p0/profile", service.profile, name="profile"),
]
