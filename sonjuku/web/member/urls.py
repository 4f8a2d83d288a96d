"""Pages of a person who is logged in, and of a guardian who holds a signed link."""

from django.urls import path

from sonjuku.web.public.views import placeholder

app_name = "member"
urlpatterns = [
    path("me/", placeholder, name="home"),
    path("c/<slug:slug>/profile/", placeholder, name="profile"),
    path("c/<slug:slug>/calls/<slug:code>/apply/", placeholder, name="apply"),
    path("me/applications/<uuid:application_id>/", placeholder, name="application"),
    path("me/applications/<uuid:application_id>/<slug:action>/", placeholder, name="application_action"),
    path("g/<str:token>/", placeholder, name="guardian"),
    path("files/<uuid:upload_id>/", placeholder, name="file"),
]
