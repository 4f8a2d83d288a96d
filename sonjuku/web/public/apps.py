from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "sonjuku.web.public"
    label = "web_public"
