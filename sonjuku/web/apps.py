from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sonjuku.web"
    label = "web"
