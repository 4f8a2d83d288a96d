"""What is handed over when the year or the office changes: the paper, next year's calls, agreements, yearly figures."""

from django.urls import path

from sonjuku.web.staff import agreements, handover, next_year, programme_years

urlpatterns = [
    path("handover/", handover.handover, name="handover"),
    path("handover/print/", handover.printed, name="handover_print"),
    path("handover/docx/", handover.docx, name="handover_docx"),
    path("handover/keys/<uuid:key_id>/", handover.custodian, name="custodian"),
    path("handover/next-year/", next_year.choose, name="next_year"),
    path("agreements/", agreements.agreement_list, name="agreements"),
    path("agreements/<uuid:agreement_id>/", agreements.edit, name="agreement"),
    path("agreements/<uuid:agreement_id>/renew/", agreements.renew, name="agreement_renew"),
    path("agreements/<uuid:agreement_id>/lapse/", agreements.lapse, name="agreement_lapse"),
    path("programmes/<uuid:programme_id>/years/", programme_years.add, name="programme_year_add"),
    path(
        "programmes/<uuid:programme_id>/years/<int:fiscal_year>/", programme_years.year, name="programme_year"
    ),
]
