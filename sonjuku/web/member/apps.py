from django.apps import AppConfig


class MemberConfig(AppConfig):
    name = "sonjuku.web.member"
    label = "web_member"
