from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "sonjuku.rooms.participation"
    label = "participation"
