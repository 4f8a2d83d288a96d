from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "sonjuku.rooms.forms"
    label = "forms"
