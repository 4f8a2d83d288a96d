"""Included by member/urls.py, in its namespace."""

from django.urls import path

from sonjuku.web.member import activities

urlpatterns = [
    path("me/activities/", activities.activities, name="activities"),
    path("me/activities/<slug:slug>/certify/", activities.certify, name="activities_certify"),
    path("me/activities/<slug:slug>/activities.csv", activities.table, name="activities_csv"),
    path("me/activities/<slug:slug>/activities.json", activities.all_records, name="activities_json"),
    path("me/activity/<uuid:record_id>/record.json", activities.record, name="activity_json"),
]
