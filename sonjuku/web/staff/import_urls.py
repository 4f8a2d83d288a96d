"""Applications from files."""

from django.urls import path

from sonjuku.web.staff import imports

urlpatterns = [
    path("calls/<slug:code>/imports/", imports.import_list, name="imports"),
    path("imports/<uuid:batch_id>/", imports.import_batch, name="import_batch"),
    path("imports/<uuid:batch_id>/mapping/", imports.import_mapping, name="import_mapping"),
    path("imports/<uuid:batch_id>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<uuid:batch_id>/report.csv", imports.import_report, name="import_report"),
    path("imports/<uuid:batch_id>/rows/", imports.import_leave_out, name="import_leave_out"),
    path("imports/<uuid:batch_id>/rows/<uuid:row_id>/", imports.import_row, name="import_row"),
    path("imports/<uuid:batch_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<uuid:batch_id>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<uuid:batch_id>/resume/", imports.import_resume, name="import_resume"),
]
