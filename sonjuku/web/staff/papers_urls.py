"""Under /c/<slug>/desk/calls/<code>/papers/, in the namespace `staff`."""

from django.urls import path

from sonjuku.web.staff import bulletin, papers, printing, referrals

urlpatterns = [
    path("", papers.index, name="papers"),
    path("terms/", papers.terms, name="paper_terms"),
    path("open/", papers.open_sheet, name="paper_open"),
    path("numbers/", papers.number, name="paper_numbers"),
    path("bulletin/", bulletin.bulletin, name="bulletin"),
    path("referrals/", referrals.of_call, name="referrals"),
    path("print/<slug:section>/", printing.printed, name="paper"),
    path("docx/<slug:section>/", printing.docx, name="paper_docx"),
]
