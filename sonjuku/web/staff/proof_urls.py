"""Certificates, skill maps and experience. Included by staff/urls.py, in its namespace."""

from django.urls import path

from sonjuku.web.staff import (
    certificate_kinds,
    certificates,
    dossier_reviews,
    dossiers,
    skill_map_do,
    skill_maps,
)

urlpatterns = [
    path("certificates/", certificates.certificate_list, name="certificates"),
    path("certificates/kinds/", certificate_kinds.kind_list, name="certificate_kinds"),
    path("certificates/kinds/new/", certificate_kinds.kind_new, name="certificate_kind_new"),
    path("certificates/kinds/<uuid:kind_id>/", certificate_kinds.kind_edit, name="certificate_kind"),
    path("certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path(
        "certificates/<uuid:certificate_id>/do/<slug:action>/",
        certificates.certificate_action,
        name="certificate_action",
    ),
    path("skill-maps/", skill_maps.map_list, name="skill_maps"),
    path("skill-maps/new/", skill_maps.map_new, name="skill_map_new"),
    path("skill-maps/<uuid:skill_map_id>/", skill_maps.skill_map, name="skill_map"),
    path("skill-maps/<uuid:skill_map_id>/edit/", skill_maps.map_edit, name="skill_map_edit"),
    path("skill-maps/<uuid:skill_map_id>/items/", skill_maps.items, name="skill_map_items"),
    path(
        "skill-maps/<uuid:skill_map_id>/do/<slug:action>/", skill_map_do.map_action, name="skill_map_action"
    ),
    path("experience/", dossiers.dossier_list, name="dossiers"),
    path("experience/routes/new/", dossiers.route_new, name="experience_route_new"),
    path("experience/routes/<uuid:route_id>/", dossiers.route_edit, name="experience_route"),
    path("experience/<uuid:dossier_id>/", dossiers.dossier, name="dossier"),
    path("experience/<uuid:dossier_id>/do/<slug:action>/", dossiers.dossier_action, name="dossier_action"),
    path("reviews/experience/", dossier_reviews.review_list, name="dossier_reviews"),
    path("reviews/experience/<uuid:dossier_id>/", dossier_reviews.review, name="dossier_review"),
]
