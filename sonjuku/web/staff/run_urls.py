"""Selection runs (選考)."""

from django.urls import path

from sonjuku.web.staff import run_do, run_doubles, run_new, run_print, runs

urlpatterns = [
    path("", runs.run_list, name="runs"),
    path("new/", run_new.run_new, name="run_new"),
    path("<slug:run_code>/", runs.run_page, name="run"),
    path("<slug:run_code>/progress/", runs.run_progress, name="run_progress"),
    path("<slug:run_code>/change/", run_new.run_change, name="run_change"),
    path("<slug:run_code>/order/", run_new.run_order, name="run_order"),
    path("<slug:run_code>/do/<slug:action>/", run_do.run_action, name="run_action"),
    path("<slug:run_code>/seed/", run_do.run_seed, name="run_seed"),
    path("<slug:run_code>/witnesses/", run_do.run_witnesses, name="run_witnesses"),
    path("<slug:run_code>/doubles/", run_doubles.run_doubles, name="run_doubles"),
    path("<slug:run_code>/notice/", run_print.run_notice, name="run_notice"),
    path("<slug:run_code>/record/", run_print.run_record, name="run_record"),
    path("<slug:run_code>/screen/", run_print.run_screen, name="run_screen"),
    path("<slug:run_code>/phone/", run_print.run_phone, name="run_phone"),
]
