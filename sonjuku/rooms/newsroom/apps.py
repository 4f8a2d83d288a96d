from django.apps import AppConfig


class NewsroomConfig(AppConfig):
    name = "sonjuku.rooms.newsroom"
    label = "newsroom"
