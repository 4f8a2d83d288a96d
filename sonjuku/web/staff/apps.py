from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "sonjuku.web.staff"
    label = "web_staff"
