"""What a person tells about themselves and their guardian, and what a guardian answers. Errors say what to do next."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council, Person, Tie
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox import postal
from sonjuku.toolbox.dates import age_on
from sonjuku.toolbox.kana import is_katakana, to_katakana

BASIC = ("family_name", "given_name", "family_name_kana", "given_name_kana", "date_of_birth", "school_stage")
OLDEST = 120
# Each language in its own name.
LANGUAGES = [
    ("ja", mark_safe('<span lang="ja">日本語</span>')),
    ("en", mark_safe('<span lang="en">English</span>')),
]
ADDRESS_TARGETS = '{"area": "#id_address"}'


def empty(what: Any) -> dict[str, Any]:
    return {"required": format_lazy(_("{what}が空です。入力してください。"), what=what)}


def text(
    label: Any, size: int, *, required: bool = False, help_text: Any = "", **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=size, required=required, help_text=help_text, error_messages=empty(label),
        widget=forms.TextInput(attrs={key.replace("_", "-"): value for key, value in attrs.items()}),
    )  # fmt: skip


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: str) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


def in_english() -> bool:
    return (get_language() or "ja").startswith("en")


class SchoolSelect(forms.Select):
    """Marks the names that have no English as Japanese."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        school = getattr(value, "instance", None)
        if school is not None and in_english() and not school.name_en:
            option["attrs"]["lang"] = "ja"
        return option


class SchoolField(forms.ModelChoiceField):
    widget = SchoolSelect

    def label_from_instance(self, school: Body) -> str:
        return school.name_en if in_english() and school.name_en else str(school)


class ProfileForm(forms.Form):
    """A person's record in one council. `only` keeps a few fields, for a page that asks what is missing.

    After `is_valid`, `fields_to_save` is what `people.actions.save_profile` takes, `chosen_ties` the Tie.Kind values.
    """

    family_name = text(_("姓"), 60, required=True, autocomplete="family-name")
    given_name = text(_("名"), 60, required=True, autocomplete="given-name")
    family_name_kana = text(_("姓のフリガナ"), 80, required=True, help_text=_("ひらがなでも入力できます"))
    given_name_kana = text(_("名のフリガナ"), 80, required=True, help_text=_("ひらがなでも入力できます"))
    date_of_birth = forms.DateField(
        label=_("生年月日"), widget=DayInput(autocomplete="bday"),
        help_text=_("対象年齢と、保護者の同意が必要かどうかを確かめるために使います"),
        error_messages={
            **empty(_("生年月日")), "invalid": _("日付として読み取れません。2008-04-01 のように入力してください。")
        },
    )  # fmt: skip
    school_stage = forms.ChoiceField(
        label=_("在学の状況"), choices=Person.SchoolStage.choices, initial=Person.SchoolStage.NONE, error_messages=empty(_("在学の状況")),
    )  # fmt: skip
    school = SchoolField(
        label=_("学校"), queryset=Body.objects.none(), required=False, empty_label=_("選ばない・この中にない")
    )
    postal_code = text(
        _("郵便番号"), 8, help_text=_("入力すると、住所のはじめが自動で入ります"),
        autocomplete="postal-code", inputmode="numeric", placeholder="758-0041",
    )  # fmt: skip
    lg_code = forms.ChoiceField(
        label=_("お住まいの市区町村"), required=False, help_text=_("この郵便番号は、いくつかの市区町村にまたがっています")
    )  # fmt: skip
    address = text(_("住所"), 200, autocomplete="street-address")
    audience_id = forms.ChoiceField(label=_("あなたの立場"), required=False)
    ties = forms.MultipleChoiceField(
        label=_("この地域とのつながり"), required=False, choices=Tie.Kind.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("当てはまるものをすべて選んでください"),
    )  # fmt: skip
    display_name = text(_("表示名"), 60, help_text=_("名簿や名札に出す名前です。空のときは氏名が出ます"))
    employer = text(_("勤め先"), 120, autocomplete="organization")
    email = forms.EmailField(
        label=_("連絡用のメールアドレス"), required=False, help_text=_("空のときは、ログインに使うアドレスに届きます"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("メールアドレスの形ではありません。@ の前後を確かめてください。")},
    )  # fmt: skip
    phone = text(_("電話番号"), 30, autocomplete="tel", inputmode="tel")
    language = forms.ChoiceField(
        label=_("お知らせの言語"), choices=LANGUAGES, initial="ja", widget=forms.RadioSelect
    )

    def __init__(
        self, data: Any = None, *, council: Council, today: date, initial: dict[str, Any] | None = None,
        only: Collection[str] | None = None, required: Iterable[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        self.council, self.today = council, today
        if only is not None:
            self.fields = {name: field for name, field in self.fields.items() if name in only}
        for name in set(required) & self.fields.keys():
            self.fields[name].required = True
            self.fields[name].error_messages |= empty(self.fields[name].label)
        self._fill_choices()
        self._offer_places()
        if "postal_code" in self.fields:
            self.fields["postal_code"].widget.attrs |= {
                "data-postal": "", "data-postal-url": reverse("public:postal"), "data-target": ADDRESS_TARGETS
            }  # fmt: skip

    def _fill_choices(self) -> None:
        school, audience = self.fields.get("school"), self.fields.get("audience_id")
        if isinstance(school, forms.ModelChoiceField):
            school.queryset = people.schools(self.council)
            if not school.queryset.exists():
                del self.fields["school"]
        if isinstance(audience, forms.ChoiceField):
            listed = [(a.code, a.title_en if in_english() else a.title) for a in vocabulary.audiences()]
            audience.choices = [("", _("選んでください")), *listed]

    def _offer_places(self) -> None:
        """The municipality is asked only where the postal code lies in several."""
        field = self.fields.get("lg_code")
        if not isinstance(field, forms.ChoiceField):
            return
        code = (self.data if self.is_bound else self.initial).get("postal_code") or ""
        places = {one.lg_code: f"{one.prefecture}{one.city}" for one in postal.candidates(code)}
        self.places = places
        if len(places) < 2:
            del self.fields["lg_code"]
            return
        field.choices = [("", _("選んでください")), *places.items()]

    def _clean_kana(self, name: str) -> str:
        kana = to_katakana(self.cleaned_data[name])
        if kana and not is_katakana(kana):
            raise forms.ValidationError(
                _("フリガナに使えない文字があります。ひらがなか片仮名で入力してください。")
            )
        return kana

    def clean_family_name_kana(self) -> str:
        return self._clean_kana("family_name_kana")

    def clean_given_name_kana(self) -> str:
        return self._clean_kana("given_name_kana")

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born and not (born <= self.today and age_on(born, self.today) <= OLDEST):
            raise forms.ValidationError(_("生年月日が正しくないようです。西暦の年を確かめてください。"))
        return born

    def clean_postal_code(self) -> str:
        code: str = self.cleaned_data["postal_code"]
        if not code:
            return ""
        found = postal.lookup(code)
        if found is None:
            raise forms.ValidationError(
                _(
                    "この郵便番号は見つかりません。7桁の数字を確かめてください。分からないときは、空にして進めます。"
                )
            )
        return found.postal_code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "lg_code" in self.fields and cleaned.get("postal_code") and not cleaned.get("lg_code"):
            self.add_error("lg_code", _("お住まいの市区町村を選んでください。"))
        return cleaned

    @property
    def chosen_ties(self) -> list[str]:
        return self.cleaned_data.get("ties", [])

    @property
    def fields_to_save(self) -> dict[str, Any]:
        saved = {
            k: v
            for k, v in self.cleaned_data.items()
            if k not in {"ties", "school", "lg_code", "audience_id"}
        }
        if "school" in self.fields and "school_stage" in self.cleaned_data:
            at_school = self.cleaned_data["school_stage"] == Person.SchoolStage.HIGH
            saved["school"] = self.cleaned_data["school"] if at_school else None
        if "audience_id" in self.fields:
            saved["audience_id"] = self.cleaned_data["audience_id"] or None
        if saved.get("postal_code"):
            only_one = next(iter(self.places), "") if len(self.places) == 1 else ""
            saved["lg_code"] = self.cleaned_data.get("lg_code") or only_one
        return saved


class GuardianForm(forms.Form):
    """Whom to ask for consent, and how the request reaches them. `as_guardian` is what flows take."""

    class How:
        MAIL, QR, PAPER = "mail", "qr", "paper"

    HOWS = (
        (How.MAIL, _("メールで送る")),
        (How.QR, _("画面のQRコードを見せる")),
        (How.PAPER, _("紙に署名して出す")),
    )
    RELATIONS = (
        ("父", _("父")),
        ("母", _("母")),
        ("祖父母", _("祖父母")),
        ("その他の保護者", _("その他の保護者")),
    )

    name = text(_("保護者の氏名"), 120, required=True, autocomplete="off")
    relation = forms.ChoiceField(
        label=_("あなたから見た続柄"), choices=RELATIONS, error_messages=empty(_("続柄")),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=_("同意のお願いの届け方"), choices=HOWS, widget=forms.RadioSelect, initial=How.MAIL,
        error_messages=empty(_("届け方")),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("保護者のメールアドレス"), required=False, help_text=_("あなたと同じアドレスは使えません"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("メールアドレスの形ではありません。@ の前後を確かめてください。")},
    )  # fmt: skip
    prefix = "guardian"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how") == self.How.MAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error(
                "email",
                _(
                    "メールで送るには、保護者のメールアドレスが必要です。入力するか、ほかの届け方を選んでください。"
                ),
            )
        return cleaned

    @property
    def as_guardian(self) -> dict[str, str]:
        mail = self.cleaned_data["how"] == self.How.MAIL
        return {
            "name": self.cleaned_data["name"],
            "relation": self.cleaned_data["relation"],
            "email": self.cleaned_data["email"] if mail else "",
            "phone": "",
        }


class AnswerForm(forms.Form):
    """A guardian's answer: who answers, and yes or no."""

    name = text(_("あなたの氏名"), 120, required=True, autocomplete="name")
    relation = text(_("お子さまとの続柄"), 40, required=True, help_text=_("父、母、祖母など"))
    is_guardian = forms.BooleanField(
        label=_("わたしは、この人の保護者（法定代理人）です"),
        error_messages={
            "required": _("保護者の方だけがお答えになれます。保護者であるときは、印を付けてください。")
        },
    )
    answer = forms.ChoiceField(
        choices=[("yes", _("同意する")), ("no", _("同意しない"))],
        error_messages=empty(_("答え")),
    )
