from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "sonjuku.rooms.programmes"
    label = "programmes"
