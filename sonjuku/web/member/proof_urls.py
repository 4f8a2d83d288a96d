"""Included by member/urls.py, in its namespace. flows.certifying writes /me/certificates/ and /me/experience/ into letters."""

from django.urls import path

from sonjuku.web.member import certificates, experience

urlpatterns = [
    path("c/<slug:slug>/certificates/new/", certificates.new, name="certificate_new"),
    path("me/certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path(
        "me/certificates/<uuid:certificate_id>/<slug:action>/",
        certificates.certificate_action,
        name="certificate_action",
    ),
    path("c/<slug:slug>/experience/new/", experience.new, name="dossier_new"),
    path("me/experience/<uuid:dossier_id>/", experience.dossier, name="dossier"),
    path("me/experience/<uuid:dossier_id>/withdraw/", experience.withdraw, name="dossier_withdraw"),
]
