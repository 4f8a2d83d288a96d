from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "sonjuku.rooms.matching"
    label = "matching"
