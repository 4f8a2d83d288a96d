from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "sonjuku.rooms.calls"
    label = "calls"
