from django.urls import path

from sonjuku.web.staff import machines, webhooks

urlpatterns = [
    path("", machines.machines, name="machines"),
    path("tokens/new/", machines.token_new, name="token_new"),
    path("tokens/<uuid:token_id>/revoke/", machines.token_revoke, name="token_revoke"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:webhook_id>/do/<slug:action>/", webhooks.webhook_do, name="webhook_do"),
    path("deliveries/<uuid:delivery_id>/again/", webhooks.delivery_again, name="delivery_again"),
]
