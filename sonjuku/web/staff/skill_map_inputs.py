"""Forms of the desk for skill maps: the words, and the draft's items."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.actions import NewItem
from sonjuku.rooms.credentials.models import Achievement, CertificateKind, SkillMap, SkillMapVersion
from sonjuku.rooms.people.models import Council
from sonjuku.web.staff.inputs import DeskForm, DeskFormSet, in_words, rows_field

AREA = forms.Textarea({"rows": 3})
MOST_ITEMS = 40


def badge_words(achievement: Achievement) -> str:
    """A badge with the call that gives it: next year's has the same name."""
    call = achievement.call
    return f"{in_words(achievement, 'title')} ({in_words(call, 'title')} {call.code})" if call else in_words(achievement, "title")  # fmt: skip


class MapForm(DeskForm):
    title = forms.CharField(label=_("スキルマップの名前"), max_length=140)
    title_en = forms.CharField(label=_("スキルマップの名前（英語）"), max_length=180, required=False)
    description = forms.CharField(
        label=_("どんな人になるためのものか"), max_length=2_000, required=False, widget=AREA
    )
    description_en = forms.CharField(
        label=_("どんな人になるためのものか（英語）"), max_length=2_000, required=False, widget=AREA
    )
    achievement = rows_field(
        _("そろった人に渡すバッジ"),
        required=False,
        help_text=_("空欄にすると、この名前のバッジを新しく作ります。"),
    )

    NAMES = ("title", "title_en", "description", "description_en", "achievement")

    def __init__(self, data: Any = None, *, council: Council, row: SkillMap | None = None) -> None:
        super().__init__(data, initial={name: getattr(row, name) for name in self.NAMES} if row else None)
        field: Any = self.fields["achievement"]
        field.queryset = Achievement.objects.filter(council=council).select_related("call")
        field.label_from_instance = badge_words
        if row is not None:
            field.required = True


class ItemRow(forms.Form):
    title = forms.CharField(label=_("項目の名前"), max_length=140, widget=forms.TextInput({"lang": "ja"}))
    title_en = forms.CharField(
        label=_("項目の名前（英語）"), max_length=180, required=False, widget=forms.TextInput({"lang": "en"})
    )
    is_required = forms.BooleanField(label=_("必須にする"), required=False)
    achievements = forms.ModelMultipleChoiceField(
        label=_("このどれかのバッジで満たす"), queryset=Achievement.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    kinds = forms.ModelMultipleChoiceField(
        label=_("このどれかの証明で満たす"), queryset=CertificateKind.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        achievements: Any = self.fields["achievements"]
        achievements.queryset = Achievement.objects.filter(council=council).select_related("call")
        achievements.label_from_instance = badge_words
        kinds: Any = self.fields["kinds"]
        kinds.queryset = CertificateKind.objects.filter(council=council)
        kinds.label_from_instance = lambda kind: (
            f"{in_words(kind, 'title')} ({in_words(kind, 'issuer_name')})"
        )

    @property
    def places(self) -> list[dict[str, Any]]:
        """What part_rows.html walks."""
        return [{"field": field, "shown_for": ""} for field in self.visible_fields()]


Items = forms.formset_factory(
    ItemRow, formset=DeskFormSet, extra=1, can_delete=True, max_num=MOST_ITEMS, validate_max=True
)


class Least(DeskForm):
    least = forms.IntegerField(
        label=_("必須でない項目のうち、いくつ必要か"), min_value=0, max_value=MOST_ITEMS,
        help_text=_("すべて必須のときは 0。"),
    )  # fmt: skip


def rows_of(version: SkillMapVersion) -> list[dict[str, Any]]:
    return [
        {
            "title": item.title, "title_en": item.title_en, "is_required": item.is_required,
            "achievements": list(item.achievements.all()), "kinds": list(item.kinds.all()),
        }
        for item in version.items.all()
    ]  # fmt: skip


def new_items(rows: list[dict[str, Any]]) -> list[NewItem]:
    return [
        NewItem(row["title"], row["title_en"], row["is_required"], list(row["achievements"]), list(row["kinds"]))
        for row in rows
    ]  # fmt: skip
