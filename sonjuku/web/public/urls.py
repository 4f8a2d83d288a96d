"""Pages anyone may read. Everything under /c/<slug>/ belongs to one council."""

from django.urls import include, path

from sonjuku.web.public import postal, views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("k/", views.typed_code, name="k"),
    path("c/<slug:slug>/", views.council, name="council"),
    path("c/<slug:slug>/calls/", views.calls, name="calls"),
    path("c/<slug:slug>/calls/<slug:code>/", views.call, name="call"),
    path("c/<slug:slug>/calls/<slug:code>/proof/", views.proof, name="proof"),
    path("c/<slug:slug>/about/", views.about, name="about"),
    path("c/<slug:slug>/agreements/<slug:agreement>/", views.agreement, name="agreement"),
    path("c/<slug:slug>/privacy/", views.privacy, name="privacy"),
    path("c/<slug:slug>/accessibility/", views.accessibility, name="accessibility"),
    path("c/<slug:slug>/colours.css", views.colours, name="colours"),
    path("postal.json", postal.address, name="postal"),
    path("robots.txt", views.robots, name="robots"),
    path("", include("sonjuku.web.public.badge_urls")),
]
