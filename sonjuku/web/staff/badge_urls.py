"""Badges: what they say, issuing, the register, the keys; included under /badges/."""

from django.urls import path

from sonjuku.web.staff import badge_keys, badge_register, badges

urlpatterns = [
    path("", badges.badge_list, name="badges"),
    path("new/", badges.badge_new, name="badge_new"),
    path("batches/<uuid:award_batch_id>/", badges.badge_batch, name="badge_batch"),
    path("batches/<uuid:award_batch_id>/progress/", badges.badge_batch_progress, name="badge_batch_progress"),
    path("batches/<uuid:award_batch_id>/do/", badges.badge_batch_do, name="badge_batch_do"),
    path("issued/", badge_register.badge_register, name="badge_register"),
    path("issued/<uuid:award_id>/", badge_register.badge_issued, name="badge_issued"),
    path("issued/<uuid:award_id>/do/<slug:action>/", badge_register.badge_status, name="badge_status"),
    path("keys/", badge_keys.badge_keys, name="badge_keys"),
    path("keys/<uuid:key_id>/do/<slug:action>/", badge_keys.badge_key_do, name="badge_key_do"),
    path("<uuid:achievement_id>/", badges.badge_definition, name="badge_definition"),
    path("<uuid:achievement_id>/edit/", badges.badge_edit, name="badge_edit"),
    path("<uuid:achievement_id>/issue/", badges.badge_issue, name="badge_issue"),
]
