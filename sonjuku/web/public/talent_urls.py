"""The talent map and the results of one council."""

from django.urls import path

from sonjuku.web.public import talent

urlpatterns = [
    path("map/", talent.map_page, name="map"),
    path("map.csv", talent.map_csv, name="map_csv"),
    path("map.json", talent.map_json, name="map_json"),
    path("results/", talent.results, name="results"),
]
