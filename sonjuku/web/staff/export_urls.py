"""Lists out as files, per call."""

from django.urls import path

from sonjuku.web.staff import exports

urlpatterns = [
    path("calls/<slug:code>/exports/", exports.exports, name="exports"),
    path("calls/<slug:code>/exports/<slug:section>/", exports.export, name="export"),
]
