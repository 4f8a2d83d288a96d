"""News of a council, and the pages of its bodies; included under /c/<slug>/."""

from django.urls import path

from sonjuku.web.public import news

urlpatterns = [
    path("news/", news.news, name="news"),
    path("news/<slug:article>/", news.article, name="article"),
    path("bodies/<uuid:body_id>/", news.body, name="body"),
]
