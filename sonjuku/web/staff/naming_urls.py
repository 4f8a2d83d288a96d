"""Names of bodies, lines of work and programmes, and what is handed over with them."""

from django.urls import include, path

from sonjuku.web.staff import naming

urlpatterns = [
    path("bodies/<uuid:body_id>/", naming.body, name="body"),
    path("programmes/", naming.programmes, name="programmes"),
    path("programmes/<uuid:programme_id>/", naming.programme, name="programme"),
    path("programmes/lines/<uuid:line_id>/", naming.line, name="line"),
    path("", include("sonjuku.web.staff.handover_urls")),
]
