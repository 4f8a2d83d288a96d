"""Included by member/urls.py, in its namespace."""

from django.urls import path

from sonjuku.web.member import badge_print, sharing, wallet

urlpatterns = [
    path("me/badges/", wallet.wallet, name="wallet"),
    path("me/badges/<slug:slug>/record.json", wallet.record, name="record"),
    path("me/badges/<slug:slug>/share/", sharing.share_all, name="share_all"),
    path("me/badges/<uuid:award_id>/link/", sharing.share_badge, name="share_badge"),
    path("me/badges/<uuid:award_id>/print/", badge_print.badge_print, name="badge_print"),
    path("me/links/<uuid:link_id>/withdraw/", sharing.share_withdraw, name="share_withdraw"),
]
