from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "sonjuku.rooms.journal"
    label = "journal"
