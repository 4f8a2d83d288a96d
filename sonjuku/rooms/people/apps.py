from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "sonjuku.rooms.people"
    label = "people"
