from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "sonjuku.rooms.events"
    label = "events"
