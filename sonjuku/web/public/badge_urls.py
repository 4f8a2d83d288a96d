"""Included by public/urls.py, in its namespace. credentials.queries.own_pages knows the addresses that verify."""

from django.urls import path

from sonjuku.web.public import badges, issuers, layers, verifying

urlpatterns = [
    path("verify/", verifying.verify, name="verify"),
    path("badges/<uuid:award_id>/", badges.badge, name="badge"),
    path("endorsements/<uuid:endorsement_id>/", layers.endorsement, name="endorsement"),
    path("endorsements/<uuid:endorsement_id>.json", layers.endorsement_json, name="endorsement_json"),
    path("badges/<uuid:award_id>.json", badges.badge_json, name="badge_json"),
    path("badges/<uuid:award_id>.png", badges.badge_png, name="badge_png"),
    path("badges/<uuid:award_id>.svg", badges.badge_svg, name="badge_svg"),
    path("achievements/<uuid:achievement_id>/image", badges.achievement_image, name="achievement_image"),
    path("c/<slug:slug>/did.json", issuers.did, name="did"),
    path("c/<slug:slug>/bodies/<uuid:body_id>/did.json", issuers.body_did, name="body_did"),
    path("c/<slug:slug>/status/<uuid:list_id>/<slug:purpose>", issuers.status_list, name="status_list"),
]
