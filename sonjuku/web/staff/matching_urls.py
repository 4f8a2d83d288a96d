"""Included by staff/urls.py, in its namespace."""

from django.urls import path

from sonjuku.web.staff import introductions, matching, matching_do, matching_members, matching_orders

urlpatterns = [
    path("", matching.event_list, name="matchings"),
    path("new/", matching.event_new, name="matching_new"),
    path("introductions/", introductions.introduction_list, name="introductions"),
    path("introductions/<uuid:introduction_id>/", introductions.introduction, name="introduction"),
    path(
        "introductions/<uuid:introduction_id>/do/<slug:action>/",
        introductions.introduction_action,
        name="introduction_action",
    ),
    path("members/<uuid:matching_member_id>/", matching_members.member_edit, name="matching_member"),
    path(
        "members/<uuid:matching_member_id>/withdraw/",
        matching_members.member_withdraw,
        name="matching_withdraw",
    ),
    path(
        "members/<uuid:matching_member_id>/order/",
        matching_orders.member_order,
        name="matching_order",
    ),
    path(
        "members/<uuid:matching_member_id>/guardian/",
        matching_orders.member_guardian,
        name="matching_guardian",
    ),
    path("<uuid:matching_id>/", matching.event, name="matching"),
    path("<uuid:matching_id>/edit/", matching.event_edit, name="matching_edit"),
    path("<uuid:matching_id>/members/", matching_members.members_add, name="matching_members"),
    path("<uuid:matching_id>/do/<slug:action>/", matching_do.event_action, name="matching_action"),
]
