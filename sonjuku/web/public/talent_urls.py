"""The talent map and the results of one council."""

from django.urls import path

from sonjuku.web.public import skill_maps, talent

urlpatterns = [
    path("map/", talent.map_page, name="map"),
    path("map.csv", talent.map_csv, name="map_csv"),
    path("map.json", talent.map_json, name="map_json"),
    path("skills/", skill_maps.skill_maps, name="skill_maps"),
    path("results/", talent.results, name="results"),
]
