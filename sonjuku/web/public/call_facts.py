"""A call as its page tells it: the facts, who may apply, the law for its data, and what the visitor can do now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sonjuku.rooms.calls.models import Application, Call, CallBody, EligibilityRule, PriorityRule, SeatPool
from sonjuku.rooms.calls.models.calls import Condition
from sonjuku.rooms.calls.rules import (
    REAPPLY_FROM,
    closed_text,
    named_classes,
    rule_text,
    titles_of_classes,
    words,
)
from sonjuku.rooms.credentials import queries as credentials
from sonjuku.rooms.people.models import GuardianRule, Person
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.web.public.bilingual import body_name, japanese, joined, language
from sonjuku.web.templatetags.sonjuku_ui import deadline, jdate, jdate_full, jdatetime, tr, tr_text, yen

Kind = EligibilityRule.Kind


def facts(call: Call, pools: Sequence[SeatPool]) -> list[dict[str, Any]]:
    """Rows for parts/facts.html; a row without a value is left out there."""
    online = call.webinar_status != Call.Mode.ON_SITE
    result = _("申込みのその場で決まります") if call.result_immediate else jdate(call.result_on)
    rows: list[tuple[Any, Any, Any]] = [
        (_("受付"), _period(call), ""),
        (_("対象"), joined(tr(a, "title") for a in call.audiences.all()), ""),
        (_("定員"), _capacity(pools), _by_pool(pools)),
        (_("実施期間"), _days(call), japanese(call.period_note) if call.starts_on else ""),
        (_("会場"), tr(call, "venue"), japanese(call.venue_address)),
        (
            _("開催方法"),
            call.get_webinar_status_display(),
            _("接続先は参加者にお知らせします。") if online else "",
        ),
        (_("参加費"), yen(call.fee_jpy), tr(call, "fee_note")),
        (_("選考方法"), call.get_selection_display() if call.opens_at else "", _together(call)),
        (_("結果発表"), result, ""),
    ]
    rows += _hosts(call.bodies.all())
    rows.append((_("シリーズ"), _series(call), ""))
    return [
        {"label": label, "value": value, "note": note, "key": place == 0}
        for place, (label, value, note) in enumerate(rows)
    ]


def _period(call: Call) -> str:
    if call.opens_at is None or call.closes_at is None:
        return ""
    return _("%(start)sから %(end)s") % {
        "start": _opening(call.opens_at),
        "end": deadline(call.closes_at),
    }


def _opening(at: datetime) -> str:
    """Without the clock time where a call opens as the day begins."""
    return jdate(at) if at == at_tokyo(day_of(at)) else jdatetime(at)


def _days(call: Call) -> str:
    if call.starts_on is None:
        return japanese(call.period_note)
    # What is over may be years ago.
    told = jdate_full if call.state == Call.State.FINISHED else jdate
    if call.ends_on is None or call.ends_on == call.starts_on:
        return told(call.starts_on)
    return _("%(start)sから%(end)sまで") % {"start": told(call.starts_on), "end": told(call.ends_on)}


def _capacity(pools: Sequence[SeatPool]) -> str:
    total = sum(pool.capacity for pool in pools)
    return _("%(number)s人") % {"number": f"{total:,}"} if total else ""


def _by_pool(pools: Sequence[SeatPool]) -> SafeString | str:
    if len(pools) < 2:
        return ""
    return joined(
        format_html(
            "{} {}",
            joined(filter(None, (tr(p, "option"), tr(p, "seat_type")))) or _("一般"),
            _capacity([p]) or 0,
        )
        for p in pools
    )


def _together(call: Call) -> str:
    """How many may apply as one."""
    if call.max_persons == 1:
        return ""
    said = _("一件の申込みで、本人を含めて%(most)s人まで一緒に参加できます。一組は分けません。")
    return said % {"most": call.max_persons}


def _hosts(rows: Iterable[CallBody]) -> list[tuple[Any, Any, Any]]:
    by_role: dict[str, list[Any]] = {}
    for row in rows:
        by_role.setdefault(row.role, []).append(body_name(row.body))
    labels = {
        CallBody.Role.HOST: _("主催"),
        CallBody.Role.CO_HOST: _("共催"),
        CallBody.Role.EXHIBITOR: _("出展"),
        CallBody.Role.OPERATOR: _("運営"),
        CallBody.Role.SUPPORTER: _("後援・協力"),
    }
    return [(label, joined(by_role[role]), "") for role, label in labels.items() if role in by_role]


def _series(call: Call) -> SafeString | str:
    if not call.series:
        return ""
    address = reverse("public:calls", args=[call.council.slug])
    return format_html(
        '<a lang="ja" href="{}?{}">{}</a>', address, urlencode({"series": call.series}), call.series
    )


# Who may apply


def eligibility(rules: Sequence[EligibilityRule]) -> list[Any]:
    """Each rule in words; places, audiences and credentials are named in the reader's language."""
    return [rule_text(rule, _names(rules)) for rule in rules]


def classes(call: Call) -> list[dict[str, Any]]:
    """Number, title and the rule in words of each class of a draw; the last have no rule."""
    rules: list[PriorityRule] = list(call.priority_rules.all()) if call.uses_draw else []
    if not rules:
        return []
    names = _names(rules)
    said = [rule_text(rule, names) for rule in rules]
    has_late = call.consent_late == Call.ConsentLate.LOWEST
    lines = named_classes(titles_of_classes(rules), has_late=has_late)
    return [{**line, "rule": said[at] if at < len(said) else ""} for at, line in enumerate(lines)]


def _names(rules: Sequence[Condition]) -> dict[str, str]:
    codes: dict[str, set[str]] = {}
    for rule in rules:
        codes.setdefault(rule.kind, set()).update(rule.values)
    names: dict[str, str] = {}
    if places := codes.get(Kind.RESIDENCE_IN, set()) | codes.get(Kind.RESIDENCE_OUT, set()):
        names |= vocabulary.names_of(places, language())
    if Kind.AUDIENCE in codes:
        names |= {a.code: tr_text(a, "title") for a in vocabulary.audiences()}
    if Kind.CREDENTIAL in codes:
        names |= {a.uri: tr_text(a, "title") for a in credentials.named(codes[Kind.CREDENTIAL])}
    return names


def guardian_text(rule: GuardianRule) -> str:
    """Who needs a guardian's consent under this rule."""
    stages = [str(Person.SchoolStage(stage).label) for stage in rule.required_stages]
    if not stages:
        return _("%(age)s歳未満の方は、保護者の同意が必要です。") % {"age": rule.required_under}
    return _("%(age)s歳未満の方と、学校の段階が「%(stages)s」の方は、保護者の同意が必要です。") % {
        "age": rule.required_under,
        "stages": joined(stages),
    }


# What the visitor can do now


class Door(NamedTuple):
    """`kind`: apply, waitlist, applied, soon, invited or over; `text` says why, `url` and `label` lead on."""

    kind: str
    title: Any
    text: Any = ""
    url: str = ""
    label: Any = ""


def door(call: Call, pools: Sequence[SeatPool], application: Application | None, at: datetime) -> Door:
    """The way in, or why there is none. `application` is the visitor's own, if any."""
    said = words(call)
    if application is not None and not (application.state in REAPPLY_FROM and call.takes_applications(at)):
        return Door(
            "applied",
            _("%(noun)s済みです") % {"noun": said.noun},
            _("受付番号 %(code)s・%(state)s")
            % {"code": application.code, "state": application.get_state_display()},
            reverse("member:application", args=[application.pk]),
            _("自分の%(noun)sを見る") % {"noun": said.noun},
        )
    if call.selection == Call.Selection.INVITATION and call.takes_applications(at):
        return Door(
            "invited", _("招待された方だけの募集です"), _("招待のお知らせにあるリンクからお進みください。")
        )
    if call.takes_applications(at):
        return _open_door(call, pools, said)
    if call.state == Call.State.ANNOUNCED or (
        call.state == Call.State.OPEN and call.opens_at and at < call.opens_at
    ):
        text = _("%(day)sに始まります。") % {"day": _opening(call.opens_at)} if call.opens_at else ""
        return Door("soon", _("まだ受け付けていません"), text)
    return Door("over", _("受付は終わりました"), closed_text(call))


def _open_door(call: Call, pools: Sequence[SeatPool], said: Any) -> Door:
    url = reverse("member:apply", args=[call.council.slug, call.code])
    left = sum(pool.capacity - pool.taken for pool in pools)
    if call.is_immediate and left == 0:
        return Door(
            "waitlist",
            _("満席です"),
            _("%(waitlist)sに申し込めます。空きが出たら、順番にお知らせします。")
            % {"waitlist": said.waitlist},
            url,
            _("%(waitlist)sに申し込む") % {"waitlist": said.waitlist},
        )
    text = _("残り%(left)s席です。") % {"left": left} if call.is_immediate else ""
    return Door("apply", _("受付中"), text, url, said.apply_verb)
