"""Numbers at the desk: areas and reported totals."""

from django.urls import path

from sonjuku.web.staff import talent

urlpatterns = [
    path("areas/", talent.areas, name="areas"),
    path("areas/<uuid:area_id>/", talent.area, name="area"),
    path("reported/", talent.reported, name="reported"),
]
