"""What the apply page knows: who applies, what is still missing, which forms it shows. It decides nothing itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.applying import guardian_needed
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, CallBody, EligibilityRule
from sonjuku.rooms.calls.rules import Problem, eligibility_problems, words
from sonjuku.rooms.credentials.queries import credentials_held
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Consent, Person, TermsVersion
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.dates import day_of
from sonjuku.web.companions import CompanionsForm
from sonjuku.web.member.accounts import account_of
from sonjuku.web.member.forms import BASIC, GuardianForm, ProfileForm
from sonjuku.web.questions import QuestionForm
from sonjuku.web.wishes import ask_wishes, chosen_wishes, refuse_twice

Kind = EligibilityRule.Kind
PLACE = ("postal_code", "lg_code", "address")


class TermsForm(forms.Form):
    """What only some calls ask: which of several options, and whether the school may see how it goes."""

    option = forms.ChoiceField(
        label=_("希望する区分"), widget=forms.RadioSelect,
        error_messages={"required": _("区分が選ばれていません。一つ選んでください。")},
    )  # fmt: skip
    share_school = forms.BooleanField(
        label=_("学校の担当者に、申込みの状態を知らせてもよい"), required=False,
        help_text=_("伝わるのは、受付・結果・参加・修了の状態だけです。回答の内容は伝わりません"),
    )  # fmt: skip

    def __init__(
        self, data: Any, options: list[tuple[str, str]], *, school: Body | None, ranked: bool = False
    ) -> None:
        super().__init__(data)
        option = self.fields["option"]
        self.wish_names: list[str] = []
        if len(options) > 1 and not ranked and isinstance(option, forms.ChoiceField):
            option.choices = options
        else:
            del self.fields["option"]
        if len(options) > 1 and ranked:
            ask_wishes(self, options)
            self.order_fields(self.wish_names)
        if school is None:
            del self.fields["share_school"]

    def clean(self) -> dict[str, Any]:
        refuse_twice(self)
        return self.cleaned_data

    @property
    def wish_fields(self) -> list[Any]:
        return [self[name] for name in self.wish_names]

    @property
    def wishes(self) -> list[str]:
        return chosen_wishes(self)

    @property
    def consents(self) -> set[str]:
        shared = self.cleaned_data.get("share_school")
        return {Consent.Purpose.SCHOOL_STATUS} if shared else set()


class ApplyPage:
    """One person at one call's door. Forms are bound when `data` came by POST."""

    def __init__(self, request: HttpRequest, call: Call) -> None:
        self.call, self.council, self.account = call, call.council, account_of(request)
        self.at, self.day = request.actor.at, day_of(request.actor.at)  # type: ignore[attr-defined]
        self.data = request.POST if request.method == "POST" else None
        self.files = request.FILES if request.method == "POST" else None
        self.person = request.person  # type: ignore[attr-defined]
        self.words = words(call)
        self.rules = calls.rules_of(call)
        self.pools = calls.pools(call)

    @cached_property
    def terms(self) -> list[TermsVersion]:
        """The council's terms that the person has not accepted yet."""
        return privacy_queries.terms_to_accept(self.council, self.person, self.day)

    # What is known, and what is not

    @cached_property
    def known(self) -> dict[str, Any]:
        """Profile fields told to this council, else the newest ones told to another."""
        if self.person is None:
            return people.latest_profile(self.account)
        return {name: getattr(self.person, name) for name in (*people.PROFILE_FIELDS, "school")}

    @property
    def comes_from_elsewhere(self) -> bool:
        return self.person is None and bool(self.known)

    @property
    def carried(self) -> dict[str, Any]:
        """What a first record in this council begins with; nothing when there is one already."""
        return {} if self.person else {"language": (get_language() or "ja")[:2], **self.known}

    @cached_property
    def asks_place(self) -> bool:
        by_rule = {rule.kind for rule in self.rules} & {Kind.RESIDENCE_IN, Kind.RESIDENCE_OUT}
        return bool(by_rule) or any(pool.reserved_for_lg_codes for pool in self.pools)

    @cached_property
    def missing(self) -> list[str]:
        names = [name for name in BASIC if not self.known.get(name)]
        if self.asks_place and not self.known.get("lg_code"):
            names += PLACE
        if any(rule.kind == Kind.AUDIENCE for rule in self.rules) and not self.known.get("audience_id"):
            names.append("audience_id")
        return names

    @property
    def asks_first(self) -> bool:
        """Whether the person's own facts come on a page before the questions: a refusal must not follow a long form."""
        return bool(self.missing) and (
            not self.known or bool(self.rules) or self.call.form_version_id is not None
        )

    def person_with(self, fields: Mapping[str, Any]) -> Person:
        """The person as they would be with these fields, unsaved: what rules look at before anything is written."""
        person = Person(council=self.council, **{**self.known, **fields})
        if self.person is not None:
            person.id = self.person.id
        if person.audience_id:
            person.audience = Audience.objects.filter(pk=person.audience_id).first()
        return person

    def problems(self, fields: Mapping[str, Any] | None = None) -> list[Problem]:
        """The rules of the call that this person does not meet, in words."""
        if not self.rules:
            return []
        person = self.person_with(fields or {})
        held = credentials_held(self.person) if self.person else set()
        names = calls.names_in(self.rules, get_language() or "ja")
        return eligibility_problems(self.rules, calls.facts_of(person, held), day=self.day, names=names)

    def needs_guardian(self, fields: Mapping[str, Any]) -> bool:
        return guardian_needed(self.call, self.person_with(fields), self.at)

    # Forms

    @cached_property
    def companions_form(self) -> CompanionsForm | None:
        most = self.call.max_persons
        return CompanionsForm(self.data, most=most, today=self.day) if most > 1 else None

    @cached_property
    def profile_form(self) -> ProfileForm | None:
        if not self.missing:
            return None
        only = {*self.missing, *(("school",) if "school_stage" in self.missing else ())}
        if not self.known:
            only |= {*PLACE, "ties"}
        place = ["postal_code"] if self.asks_place else []
        initial = {**self.known, "language": (get_language() or "ja")[:2]}
        return ProfileForm(
            self.data, council=self.council, today=self.day, initial=initial, only=only, required=place
        )

    @cached_property
    def question_form(self) -> QuestionForm | None:
        version = self.call.form_version
        return QuestionForm(version, self.data, self.files) if version else None

    @cached_property
    def terms_form(self) -> TermsForm:
        english = (get_language() or "ja").startswith("en")
        options = {p.option: (p.option_en or p.option) if english else p.option for p in self.pools}
        is_ranked = self.call.selection == Call.Selection.RANKED
        school = self.known.get("school")
        return TermsForm(self.data, list(options.items()), school=school, ranked=is_ranked)

    @cached_property
    def guardian_form(self) -> GuardianForm:
        """Bound only when the sent page had it: a birthday told just now may ask for it the first time."""
        sent = self.data if self.data is not None and "guardian-name" in self.data else None
        named = people.guardian_of(self.person) if self.person else None
        initial = {"name": named.name, "relation": named.relation, "email": named.email} if named else None
        return GuardianForm(sent, initial=initial)

    @property
    def is_stale(self) -> bool:
        """Whether the questions were exchanged after this page had been opened."""
        sent = self.data.get("form_version", "") if self.data is not None else ""
        return bool(sent) and sent != str(self.call.form_version_id)

    @property
    def receivers(self) -> list[Body]:
        """The bodies that will see this application."""
        rows = self.call.bodies.filter(role__in=CallBody.SEES_PEOPLE).select_related("body")
        return sorted({row.body for row in rows}, key=str)

    @property
    def consent_rule(self) -> Any:
        """What happens when the guardian doesn't answer in time."""
        if self.call.is_immediate:
            return _("席は、同意のお答えを待つ間だけ確保します。期限までにお答えがないと、次の方に回ります。")
        return self.call.get_consent_late_display()

    @property
    def wishes(self) -> list[str]:
        """Options, best first, where they are ranked."""
        return self.terms_form.wishes

    @property
    def option(self) -> str:
        return self.terms_form.cleaned_data.get("option") or (self.pools[0].option if self.pools else "")
