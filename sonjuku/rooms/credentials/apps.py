from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "sonjuku.rooms.credentials"
    label = "credentials"
