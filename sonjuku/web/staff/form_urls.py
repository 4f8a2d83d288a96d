"""Under /c/<slug>/desk/forms/, in the namespace `staff`."""

from django.urls import path

from sonjuku.web.staff import forms

urlpatterns = [
    path("", forms.forms, name="forms"),
    path("<uuid:form_id>/", forms.form, name="form"),
    path("<uuid:form_id>/title/", forms.form_title, name="form_title"),
    path("<uuid:form_id>/version/", forms.form_new_version, name="form_new_version"),
    path("<uuid:form_id>/copy/", forms.form_copy, name="form_copy"),
    path("<uuid:form_id>/preview/", forms.form_preview, name="form_preview"),
    path("<uuid:form_id>/add/", forms.question_add, name="question_add"),
    path("questions/<uuid:question_id>/", forms.question_edit, name="question_edit"),
    path("questions/<uuid:question_id>/move/", forms.question_move, name="question_move"),
    path("questions/<uuid:question_id>/remove/", forms.question_remove, name="question_remove"),
]
