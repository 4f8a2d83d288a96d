from typing import Any

from django.apps import AppConfig
from django.forms import BooleanField, ChoiceField, Field, FileField, ModelChoiceField
from django.utils.translation import gettext_lazy as _

# Django's own word for them all is このフィールドは必須です, which says nothing of what to do.
LEFT_EMPTY: dict[type[Field], Any] = {
    Field: _("空です。入力してください。"),
    ChoiceField: _("選んでください。"),
    ModelChoiceField: _("選んでください。"),
    FileField: _("ファイルを選んでください。"),
    BooleanField: _("チェックを付けてください。"),
}


class WebConfig(AppConfig):
    name = "sonjuku.web"
    label = "web"

    def ready(self) -> None:
        for field, words in LEFT_EMPTY.items():
            field.default_error_messages = {**field.default_error_messages, "required": words}
