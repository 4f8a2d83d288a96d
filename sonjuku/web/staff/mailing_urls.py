"""Messages to a segment; included under /c/<slug>/desk/letters/."""

from django.urls import path

from sonjuku.web.staff import mailings

urlpatterns = [
    path("new/", mailings.letter_new, name="letter_new"),
    path("mailings/", mailings.mailing_list, name="mailings"),
    path("mailings/<uuid:mailing_id>/", mailings.mailing, name="mailing"),
    path("mailings/<uuid:mailing_id>/cancel/", mailings.mailing_cancel, name="mailing_cancel"),
    path("mailings/<uuid:mailing_id>/print/", mailings.mailing_print, name="mailing_print"),
]
