"""Addresses of わたしのデータ; in the namespace of the member pages."""

from django.urls import path

from sonjuku.web.member import my_data

urlpatterns = [
    path("c/<slug:slug>/my-data/", my_data.my_data, name="my_data"),
    path("c/<slug:slug>/my-data/download/", my_data.download, name="my_data_download"),
    path("c/<slug:slug>/my-data/looks/", my_data.looks, name="my_data_looks"),
    path("c/<slug:slug>/my-data/ask/", my_data.ask, name="data_request"),
    path("me/requests/<uuid:request_id>/withdraw/", my_data.request_back, name="data_request_back"),
    path("me/consents/<uuid:consent_id>/withdraw/", my_data.consent_back, name="consent_back"),
]
