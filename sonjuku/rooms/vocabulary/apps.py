from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    name = "sonjuku.rooms.vocabulary"
    label = "vocabulary"
