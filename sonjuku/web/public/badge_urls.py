"""Included by public/urls.py, in its namespace. credentials.queries.own_pages knows the addresses that verify."""

from django.urls import path

from sonjuku.web import badge_files
from sonjuku.web.public import badges, issuers, layers, shared, verifying

urlpatterns = [
    path("verify/", verifying.verify, name="verify"),
    path("badges/<uuid:award_id>/", badges.badge, name="badge"),
    path("endorsements/<uuid:endorsement_id>/", layers.endorsement, name="endorsement"),
    path("endorsements/<uuid:endorsement_id>.json", layers.endorsement_json, name="endorsement_json"),
    *[
        path(f"badges/<uuid:award_id>.{kind}", badges.badge_file, {"kind": kind}, name=f"badge_{kind}")
        for kind in badge_files.WAYS
    ],
    path("b/<str:token>/", shared.shared, name="shared"),
    path("b/<str:token>/record.json", shared.shared_record, name="shared_record"),
    path("b/<str:token>/<uuid:award_id>/", shared.shared_badge, name="shared_badge"),
    path("b/<str:token>/<uuid:award_id>.<slug:kind>", shared.shared_file, name="shared_file"),
    path(
        "b/<str:token>/endorsements/<uuid:endorsement_id>.json",
        shared.shared_endorsement,
        name="shared_endorsement",
    ),
    path("achievements/<uuid:achievement_id>/image", badges.achievement_image, name="achievement_image"),
    path("c/<slug:slug>/did.json", issuers.did, name="did"),
    path("c/<slug:slug>/bodies/<uuid:body_id>/did.json", issuers.body_did, name="body_did"),
    path("c/<slug:slug>/status/<uuid:list_id>/<slug:purpose>", issuers.status_list, name="status_list"),
]
