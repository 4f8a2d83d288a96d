"""Included by member/urls.py, in its namespace. flows.fulfilling writes /me/badges/<id>/ into letters."""

from django.urls import path

from sonjuku.web.member import taking_part

urlpatterns = [
    path("me/tickets/<uuid:participation_id>/", taking_part.ticket, name="ticket"),
    path("me/tickets/<uuid:participation_id>/slot/", taking_part.slot, name="slot"),
    path("me/surveys/<uuid:obligation_id>/", taking_part.survey, name="survey"),
    path("me/reports/<uuid:obligation_id>/", taking_part.report, name="report"),
    path("me/agreements/<uuid:obligation_id>/", taking_part.agree, name="agree"),
    path("me/badges/<uuid:award_id>/", taking_part.badge, name="badge"),
]
