"""Addresses. Japanese has no prefix, English lives under /en/. A council's pages live under /c/<slug>/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from sonjuku.web import health

urlpatterns = [
    path("healthz", health.alive, name="health"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("api/", include("sonjuku.web.api.urls")),
    path("", include("sonjuku.web.wallets.urls")),
    *i18n_patterns(
        path("", include("sonjuku.web.public.urls")),
        path("", include("sonjuku.web.member.urls")),
        path("c/<slug:slug>/desk/", include("sonjuku.web.staff.urls")),
        path("accounts/", include("sonjuku.web.account_urls")),
        path("accounts/", include("allauth.urls")),
        prefix_default_language=False,
    ),
]
handler400 = "sonjuku.web.errors.bad_request"
handler403 = "sonjuku.web.errors.forbidden"
handler404 = "sonjuku.web.errors.not_found"
handler500 = "sonjuku.web.errors.server_error"
