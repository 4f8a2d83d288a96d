"""The desk: pages of whoever holds a role in the council today."""

from django.urls import path

from sonjuku.web.public.views import placeholder

app_name = "staff"
urlpatterns = [
    path("", placeholder, name="home"),
    path("calls/", placeholder, name="calls"),
    path("calls/new/", placeholder, name="call_new"),
    path("calls/<slug:code>/", placeholder, name="call"),
    path("calls/<slug:code>/edit/<slug:section>/", placeholder, name="call_edit"),
    path("calls/<slug:code>/do/<slug:action>/", placeholder, name="call_action"),
    path("applications/", placeholder, name="applications"),
    path("calls/<slug:code>/applications/", placeholder, name="applications_of"),
    path("applications/<uuid:application_id>/", placeholder, name="application"),
    path("calls/<slug:code>/entry/", placeholder, name="entry"),
    path("applications/<uuid:application_id>/slip/", placeholder, name="entry_slip"),
    path("calls/<slug:code>/selection/", placeholder, name="selection"),
    path("letters/", placeholder, name="letters"),
    path("council/", placeholder, name="council"),
    path("roles/", placeholder, name="roles"),
    path("bodies/", placeholder, name="bodies"),
    path("journal/", placeholder, name="journal"),
    path("act-as/", placeholder, name="act_as"),
]
