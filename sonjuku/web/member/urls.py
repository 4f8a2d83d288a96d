"""Pages of a person who is logged in, and of a guardian who holds a signed link."""

from django.urls import include, path

from sonjuku.web.member import (
    applications,
    apply,
    claims,
    files,
    guardians,
    home,
    letters,
    matching,
    profile,
    wishing,
)

app_name = "member"
urlpatterns = [
    path("me/", home.home, name="home"),
    path("c/<slug:slug>/profile/", profile.profile, name="profile"),
    path("c/<slug:slug>/profile/news/", letters.news_choice, name="news_choice"),
    path("c/<slug:slug>/calls/<slug:code>/apply/", apply.apply, name="apply"),
    path("me/applications/<uuid:application_id>/", applications.application, name="application"),
    path("me/applications/<uuid:application_id>/slip/", applications.slip, name="slip"),
    path("me/applications/<uuid:application_id>/paper/", applications.consent_paper, name="consent_paper"),
    path("me/applications/<uuid:application_id>/wishes/", wishing.order, name="wishes"),
    path(
        "me/applications/<uuid:application_id>/<slug:action>/",
        applications.application_action,
        name="application_action",
    ),
    path("me/matching/<uuid:matching_member_id>/", matching.matching, name="matching"),
    path("me/matching/<uuid:matching_member_id>/withdraw/", matching.withdraw, name="matching_withdraw"),
    path("g/<str:token>/", guardians.guardian, name="guardian"),
    path("claim/<str:token>/", claims.claim, name="claim"),
    path("files/<uuid:upload_id>/", files.file, name="file"),
    path("", include("sonjuku.web.member.activity_urls")),
    path("", include("sonjuku.web.member.wallet_urls")),
    path("", include("sonjuku.web.member.taking_part_urls")),
    path("", include("sonjuku.web.member.proof_urls")),
    path("", include("sonjuku.web.member.my_data_urls")),
    path("", include("sonjuku.web.member.connection_urls")),
]
