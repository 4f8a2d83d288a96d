"""Included by public/urls.py, in its namespace. credentials.queries knows the /badges/<id> form of an address."""

from django.urls import path

from sonjuku.web.public import badges

urlpatterns = [
    path("verify/", badges.verify, name="verify"),
    path("badges/<uuid:award_id>/", badges.badge, name="badge"),
    path("badges/<uuid:award_id>.json", badges.badge_json, name="badge_json"),
    path("badges/<uuid:award_id>.png", badges.badge_png, name="badge_png"),
    path("badges/<uuid:award_id>.svg", badges.badge_svg, name="badge_svg"),
]
