"""Forms of the council's own pages: settings, bodies, roles, the journal's filter, a school's list."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council, Person, Role
from sonjuku.toolbox.dates import parse_date
from sonjuku.toolbox.kana import is_katakana, to_katakana
from sonjuku.web.staff.inputs import DeskForm, date_field, lines_of, rows_field

LABELS: dict[str, Any] = {
    "title": _("協議会の名称"),
    "title_en": _("名称（英語）"),
    "short_title": _("短い名称"),
    "short_title_en": _("短い名称（英語）"),
    "catchphrase": _("合言葉"),
    "catchphrase_en": _("合言葉（英語）"),
    "description": _("紹介文"),
    "description_en": _("紹介文（英語）"),
    "colour": _("協議会の色"),
    "pattern": _("文様"),
    "contact_office": _("問合せ先（課・部署）"),
    "contact_office_en": _("問合せ先（英語）"),
    "contact_phone": _("電話番号"),
    "contact_hours": _("受付時間"),
    "contact_hours_en": _("受付時間（英語）"),
    "contact_email": _("メールアドレス"),
}
HELPS: dict[str, Any] = {
    "colour": _("白い文字が読める濃さ（コントラスト比 4.5 以上）にしてください。例：#8a4b00"),
    "pattern": _("見出しの背景とバッジに使います。"),
}


class Settings(DeskForm):
    def __init__(self, data: Any = None, *, council: Council) -> None:
        super().__init__(data, initial={name: getattr(council, name) for name in LABELS})

    def explain(self) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {"colour": forms.TextInput({"type": "color"})}
        widgets |= {name: forms.Textarea({"rows": 4}) for name in ("description", "description_en")}
        self.fields.update(
            fields_for_model(Council, list(LABELS), labels=LABELS, help_texts=HELPS, widgets=widgets)
        )
        super().explain()


class NewBody(DeskForm):
    name = forms.CharField(label=_("団体の名称（法人名）"), max_length=120)
    branch = forms.CharField(label=_("支店・部署"), max_length=80, required=False)
    name_en = forms.CharField(label=_("名称（英語）"), max_length=160, required=False)
    type = forms.ChoiceField(label=_("種類"), choices=Body.Type.choices)
    establishment = forms.CharField(label=_("設置者（国立・県立・私立など）"), max_length=20, required=False)
    joined_on = date_field(_("構成団体になる日"), help_text=_("構成団体でないときは空欄にします。"))


class JoinLeave(DeskForm):
    on = date_field(_("日付"), required=True)


class GrantRole(DeskForm):
    email = forms.EmailField(
        label=_("メールアドレス"),
        help_text=_("この人がログインに使うアドレス。まだ登録のない人には、登録のあとで役割を付けます。"),
    )
    body = rows_field(_("団体"), "name")
    kind = forms.ChoiceField(label=_("役割"), choices=Role.Kind.choices)
    title = forms.CharField(label=_("役職名"), max_length=80, required=False)
    starts_on = date_field(
        _("始まりの日"),
        required=True,
        help_text=_("4月1日からの異動を、前もって登録できます。その日までは、だれにも見えません。"),
    )
    ends_on = date_field(_("終わりの日"), help_text=_("決まっていないときは空欄。"))

    def __init__(self, data: Any = None, *, council: Council) -> None:
        super().__init__(data)
        self.fields["body"].queryset = people.bodies(council)  # type: ignore[attr-defined]


class EndRole(DeskForm):
    on = date_field(_("最後の日"), required=True)


class PupilList(DeskForm):
    """One pupil per line: family name, given name, their kana, date of birth; parted by tab, comma or 、."""

    pupils = forms.CharField(
        label=_("生徒の名簿"),
        widget=forms.Textarea({"rows": 10}),
        max_length=60_000,
        help_text=_(
            "1行に1人、「姓、名、セイ、メイ、生年月日」の順に書きます。表計算ソフトから貼り付けられます。例：見本、花子、ミホン、ハナコ、2009-05-05"
        ),
    )
    confirmed = forms.BooleanField(label=_("学校が、名簿を協議会に渡すことを生徒と保護者に伝えています"))

    def clean_pupils(self) -> list[dict[str, Any]]:
        rows, problems = [], []
        for number, line in enumerate(lines_of(self.cleaned_data["pupils"]), 1):
            try:
                rows.append(_pupil(line))
            except ValueError:
                problems.append(
                    _("%(number)s行目を読み取れません。項目の数、フリガナ、生年月日を確かめてください。")
                    % {"number": number}
                )
        if problems:
            raise forms.ValidationError(problems[:20])
        return rows


def _pupil(line: str) -> dict[str, Any]:
    for sign in ("\t", "、", ","):
        line = line.replace(sign, "\n")
    parts = [part.strip() for part in line.split("\n")]
    if len(parts) != 5 or not all(parts):
        raise ValueError("not_five_parts")
    kana = [to_katakana(parts[2]), to_katakana(parts[3])]
    if not all(map(is_katakana, kana)) or any(len(part) > 60 for part in parts):
        raise ValueError("not_kana")
    return {
        "family_name": parts[0],
        "given_name": parts[1],
        "family_name_kana": kana[0],
        "given_name_kana": kana[1],
        "date_of_birth": parse_date(parts[4]),
        "school_stage": Person.SchoolStage.HIGH,
    }
