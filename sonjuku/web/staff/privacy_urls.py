"""Addresses of 個人情報; in the namespace of the desk."""

from django.urls import path

from sonjuku.web.staff import disposals, privacy, privacy_more, promises, provisions

urlpatterns = [
    path("", privacy.request_list, name="privacy"),
    path("new/", privacy.request_new, name="privacy_new"),
    path("rules/", privacy_more.rules, name="privacy_rules"),
    path("residue/", privacy_more.left, name="privacy_left"),
    path("retention/", disposals.retention, name="retention"),
    path("disposals/", disposals.disposal_list, name="disposals"),
    path("disposals/record/", disposals.disposal_record, name="disposal_record"),
    path("disposals/record.csv", disposals.disposal_csv, name="disposal_csv"),
    path("disposals/<uuid:disposal_id>/", disposals.disposal_page, name="disposal"),
    path("disposals/<uuid:disposal_id>/do/<slug:action>/", disposals.disposal_action, name="disposal_action"),
    path("provisions/", provisions.provision_list, name="provisions"),
    path("provisions/print/", provisions.provision_print, name="provision_print"),
    path("provisions/record.csv", provisions.provision_csv, name="provision_csv"),
    path("provisions/new/", provisions.provision_calls, name="provision_calls"),
    path("provisions/new/<slug:code>/", provisions.provision_new, name="provision_new"),
    path("terms/", promises.terms, name="terms"),
    path("terms/<slug:section>/", promises.terms_edit, name="terms_edit"),
    path("accessibility/", promises.accessibility, name="accessibility"),
    path("<uuid:request_id>/", privacy.request_page, name="privacy_request"),
    path("<uuid:request_id>/do/<slug:action>/", privacy.request_action, name="privacy_action"),
    path("<uuid:request_id>/erase/", privacy_more.erase, name="privacy_erase"),
    path("<uuid:request_id>/disclosure/", privacy_more.disclosure, name="privacy_disclosure"),
]
