"""Forms of the badges' pages at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges.pictures import LARGEST
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import Achievement, IssuerKey
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.vocabulary.models import Skill
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.staff.inputs import DeskForm, dress, rows_field

TEXTS = ("title", "title_en", "type", "description", "description_en", "criteria", "criteria_en")
LOOKS = ("issuer_body", "image_text", "image_colour")


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea({"rows": 3}), required=required)


class Definition(DeskForm):
    """What a badge says, how it looks, and which skills it shows: one skill code a line, its level behind it."""

    title = forms.CharField(label=_("バッジの名前"), max_length=120)
    title_en = forms.CharField(label=_("バッジの名前（英語）"), max_length=160, required=False)
    type = forms.ChoiceField(label=_("バッジの種類"), choices=Achievement.Type.choices)
    description = _words(_("何ができる人か"))
    description_en = _words(_("何ができる人か（英語）"), required=False)
    criteria = _words(_("何をした人に渡すか"))
    criteria_en = _words(_("何をした人に渡すか（英語）"), required=False)
    skills = forms.CharField(
        label=_("身につけたスキル"),
        required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "1行に1つ、スキルの番号を書きます。レベルがあれば、空白をあけて続けます。例：data-01 レベル2"
        ),
    )
    issuer_body: Any = rows_field(_("発行者"), "name", required=False, empty_label=_("協議会"))
    image_text = forms.CharField(
        label=_("画像の文字"),
        max_length=60,
        required=False,
        help_text=_("空欄なら、バッジの名前が入ります。"),
    )
    image_colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("画像の色"),
        required=False,
        help_text=_("例：#8a4b00。空欄なら、協議会の色になります。"),
        error_messages={"invalid": _("「#」のあとに、0～9とa～fの6文字を続けてください。")},
    )
    image = forms.FileField(
        label=_("画像を差しかえる"),
        required=False,
        help_text=_("正方形のPNGかSVG、256 KBまで。"),
        widget=forms.FileInput({"accept": ".png,.svg,image/png,image/svg+xml"}),
    )
    drop_image = forms.BooleanField(label=_("差しかえた画像をやめて、描いた画像に戻す"), required=False)

    def __init__(
        self, *args: Any, council: Council, achievement: Achievement | None = None, **kwargs: Any
    ) -> None:
        self.council, self.achievement = council, achievement
        super().__init__(*args, initial=_standing(achievement) if achievement else {}, **kwargs)

    def explain(self) -> None:
        dress(self.fields["issuer_body"], "name", people.bodies(self.council))  # type: ignore[arg-type]
        if self.achievement is None:
            del self.fields["drop_image"]
        super().explain()

    def clean_skills(self) -> list[tuple[Skill, str]]:
        """The newest framework's skill of each code, with its level."""
        wanted = [line.split(maxsplit=1) for line in self.cleaned_data["skills"].splitlines() if line.strip()]
        rows = Skill.objects.filter(code__in=[parts[0] for parts in wanted]).select_related("framework")
        known = {skill.code: skill for skill in rows.order_by("framework__version")}
        strange = [parts[0] for parts in wanted if parts[0] not in known]
        if strange:
            raise forms.ValidationError(
                _("この番号のスキルがありません：%(codes)s") % {"codes": "、".join(strange)}
            )
        if any(len(parts) > 1 and len(parts[1]) > 20 for parts in wanted):
            raise forms.ValidationError(_("レベルは20文字までです。"))
        if len({parts[0] for parts in wanted}) < len(wanted):
            raise forms.ValidationError(_("同じ番号が2行にあります。"))
        return [(known[parts[0]], parts[1] if len(parts) > 1 else "") for parts in wanted]

    def clean_image(self) -> bytes:
        file = self.cleaned_data.get("image")
        if file and file.size > LARGEST:
            raise forms.ValidationError(_("画像が大きすぎます。256 KBまでのものを選んでください。"))
        return file.read() if file else b""

    def values(self) -> dict[str, Any]:
        """What define_achievement and change_achievement take."""
        data = self.cleaned_data
        skills = [skill for skill, _level in data["skills"]]
        levels = {skill.pk: level for skill, level in data["skills"]}
        return {name: data[name] for name in (*TEXTS, *LOOKS)} | {"skills": skills, "levels": levels}

    def refuse(self, error: Refused) -> None:
        if error.code == "bad_picture":
            self.add_error("image", f"{error.message}{error.next_step}")
        else:
            super().refuse(error)


def _standing(achievement: Achievement) -> dict[str, Any]:
    lines = [
        f"{row.skill.code} {row.level}".strip() for row in achievement.alignments.select_related("skill")
    ]
    return {name: getattr(achievement, name) for name in (*TEXTS, *LOOKS)} | {"skills": "\n".join(lines)}


class Issue(DeskForm):
    call: Any = rows_field(
        _("修了した募集"), help_text=_("この募集を修了した人のうち、まだ持っていない全員に渡します。")
    )
    narrative = forms.CharField(
        label=_("バッジに書き添えること"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("全員のバッジに、同じ文が入ります。公開されることがあるので、人の名前は書きません。"),
    )

    def __init__(self, *args: Any, calls: Any, **kwargs: Any) -> None:
        self.calls = calls
        super().__init__(*args, **kwargs)

    def explain(self) -> None:
        dress(self.fields["call"], rows=self.calls)  # type: ignore[arg-type]
        super().explain()

    def chosen(self) -> Call:
        call: Call = self.cleaned_data["call"]
        return call


class Reason(DeskForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("本人に伝わり、記録に残ります。公開はされません。"),
    )


class StrikeReason(DeskForm):
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("事務局の記録に残ります。人の名前は書きません。"),
    )


class Naming(DeskForm):
    naming = forms.ChoiceField(
        label=_("新しいバッジに書く発行者"), widget=forms.RadioSelect, choices=IssuerKey.Naming.choices
    )
