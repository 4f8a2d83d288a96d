from django.apps import AppConfig


class TalentConfig(AppConfig):
    name = "sonjuku.rooms.talent"
    label = "talent"
