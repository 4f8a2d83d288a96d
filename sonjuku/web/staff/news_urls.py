"""Articles at the desk; included under /c/<slug>/desk/news/."""

from django.urls import path

from sonjuku.web.staff import news

urlpatterns = [
    path("", news.news_list, name="news"),
    path("new/", news.news_new, name="news_new"),
    path("<uuid:article_id>/", news.article, name="article"),
    path("<uuid:article_id>/edit/", news.article_edit, name="article_edit"),
    path("<uuid:article_id>/do/<slug:action>/", news.article_action, name="article_action"),
]
