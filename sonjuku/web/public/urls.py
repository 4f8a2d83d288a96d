"""Pages anyone may read. Everything under /c/<slug>/ belongs to one council."""

from django.urls import include, path

from sonjuku.web.public import (
    api_page,
    calls,
    councils,
    demo,
    home,
    matching,
    papers,
    postal,
    promises,
    proofs,
    recompute,
    unsubscribing,
)

app_name = "public"
urlpatterns = [
    path("", home.home, name="home"),
    path("k/", home.typed_code, name="k"),
    path("unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("robots.txt", home.robots, name="robots"),
    path("postal.json", postal.address, name="postal"),
    path("colours.css", councils.all_colours, name="all_colours"),
    path("verify/selection/", recompute.verify_selection, name="verify_selection"),
    path("api/", api_page.api, name="api"),
    path("demo/", demo.guide, name="guide"),
    path("demo/cast/", demo.cast, name="cast"),
    path("demo/inbox/", demo.inbox, name="inbox"),
    path("", include("sonjuku.web.public.badge_urls")),
    path("", include("sonjuku.web.public.open_data_urls")),
    path("c/<slug:slug>/", councils.council, name="council"),
    path("c/<slug:slug>/", include("sonjuku.web.public.news_urls")),
    path("c/<slug:slug>/about/", councils.about, name="about"),
    path("c/<slug:slug>/agreements/<slug:agreement>/", councils.agreement, name="agreement"),
    path("c/<slug:slug>/terms/", promises.terms, name="terms"),
    path("c/<slug:slug>/privacy/", promises.privacy, name="privacy"),
    path("c/<slug:slug>/accessibility/", promises.accessibility, name="accessibility"),
    path("c/<slug:slug>/", include("sonjuku.web.public.talent_urls")),
    path("c/<slug:slug>/colours.css", councils.colours, name="colours"),
    path("c/<slug:slug>/matching/<slug:code>/proof/", matching.proof, name="matching_proof"),
    path("c/<slug:slug>/calls/", calls.calls_page, name="calls"),
    path("c/<slug:slug>/calls/<slug:code>/", calls.call, name="call"),
    path("c/<slug:slug>/calls/<slug:code>/paper/<slug:paper>/", papers.paper, name="paper"),
    path("c/<slug:slug>/calls/<slug:code>/proof/", proofs.proof, name="proof"),
    path("c/<slug:slug>/selections/<slug:run_code>/", proofs.selection, name="selection"),
    path("c/<slug:slug>/calls/<slug:code>/materials/<uuid:material_id>/", calls.material, name="material"),
]
