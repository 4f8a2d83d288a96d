"""Included by staff/urls.py as checkin/, in its namespace. Tickets carry t/<token>/: it must stay."""

from django.urls import path

from sonjuku.web.staff import checkin

urlpatterns = [
    path("", checkin.checkin, name="checkin"),
    path("<uuid:occasion_id>/", checkin.checkin_occasion, name="checkin_occasion"),
    path("<uuid:occasion_id>/new/", checkin.checkin_walk_in, name="checkin_walk_in"),
    path("t/<str:token>/", checkin.checkin_token, name="checkin_token"),
]
