from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "sonjuku.rooms.letters"
    label = "letters"
