"""The experience route: handing in a dossier, judging it by two, awarding."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.credentials.actions._shared import hold_row, own_host, own_person, refuse_if
from sonjuku.rooms.credentials.actions.awards import Claim, award_many
from sonjuku.rooms.credentials.models import (
    Achievement,
    Award,
    Dossier,
    DossierFile,
    DossierReview,
    ExperienceRoute,
    Route,
)
from sonjuku.rooms.credentials.queries.experience import dossiers_for_review, words_of
from sonjuku.rooms.credentials.rules.experience import narrative, outcome
from sonjuku.rooms.forms.actions import store_upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Person
from sonjuku.toolbox.dates import day_of

D = Dossier.State
MOST_FILES = 5
MOST_LINKS = 10


@writes
def open_route(
    *, by: Actor, achievement: Achievement, host: Body, guidance: str, guidance_en: str = ""
) -> ExperienceRoute:
    """Let this badge be had for experience too; again changes the words and opens it. Refused: other_body, other_council."""
    own_host(by, host)
    refuse_if(
        achievement.council_id != host.council_id, "other_council",
        _("ほかの協議会のバッジです。"), _("この協議会のバッジを選んでください。"),
    )  # fmt: skip
    row, is_new = ExperienceRoute.objects.get_or_create(
        achievement=achievement,
        defaults={
            "council": achievement.council, "host": host, "guidance": guidance, "guidance_en": guidance_en,
            "created_at": by.at,
        },
    )  # fmt: skip
    if not is_new:
        return change_route(by=by, route=row, guidance=guidance, guidance_en=guidance_en, is_open=True)
    record(by=by, verb="experience_route.opened", subject=row)
    return row


@writes
def change_route(*, by: Actor, route: ExperienceRoute, **fields: Any) -> ExperienceRoute:
    """`is_open=False` takes no new dossiers; those handed in are still judged."""
    own_host(by, route.host)
    for name, value in fields.items():
        setattr(route, name, value)
    route.save(update_fields=list(fields))
    record(by=by, verb="experience_route.changed", subject=route, field_names=fields)
    return route


@writes
def submit_dossier(
    *,
    by: Actor,
    person: Person,
    route: ExperienceRoute,
    what: str,
    place: str,
    starts_on: date,
    ends_on: date | None,
    statement: str,
    links: Sequence[str] = (),
    files: Sequence[IncomingFile] = (),
    max_bytes: int = 0,
) -> Dossier:
    """What somebody did, when and where, and what shows it: files (at most 5) or https links (at most 10).

    One whose badge was revoked may be recognised anew.
    Refused: not_own, not_open, suspended, already_held, already_sent, bad_days, no_evidence, too_much, bad_link, file_….
    """
    own_person(by, person)
    hold_row(person)  # one at a time: a second press must not hand in twice
    _may_submit(person, route)
    _sound(by, starts_on, ends_on, links, files)
    row = Dossier.objects.create(
        council_id=route.council_id, person=person, route=route, what=what, place=place, starts_on=starts_on,
        ends_on=ends_on, statement=statement, links=list(links), created_at=by.at,
    )  # fmt: skip
    for incoming in files:
        upload = store_upload(by=by, person=person, incoming=incoming, max_bytes=max_bytes)
        DossierFile.objects.create(dossier=row, upload=upload)
    record(by=by, verb="dossier.submitted", subject=row, for_person_id=person.id)
    return row


def _may_submit(person: Person, route: ExperienceRoute) -> None:
    refuse_if(
        route.council_id != person.council_id or not route.is_open, "not_open",
        _("このバッジの実務経験の申請は、いま受け付けていません。"), _("ほかのバッジを選ぶか、事務局にお問い合わせください。"),
    )  # fmt: skip
    # One that was revoked is no hindrance: two reviewers judge anew.
    held = Award.objects.filter(person=person, achievement=route.achievement_id, revoked_at=None).first()
    refuse_if(
        held is not None and held.suspended_at is not None, "suspended",
        _("このバッジは、いま一時停止しています。"), _("理由は、マイページのバッジのページで見られます。事務局にお問い合わせください。"),
    )  # fmt: skip
    refuse_if(
        held is not None, "already_held",
        _("このバッジは、もう持っています。"), _("マイページで見られます。"),
    )  # fmt: skip
    refuse_if(
        Dossier.objects.filter(person=person, route=route, state=D.SUBMITTED).exists(), "already_sent",
        _("同じバッジの申請が、審査中です。"), _("結果をお待ちいただくか、取り下げてから出し直してください。"),
    )  # fmt: skip


def _sound(
    by: Actor, starts_on: date, ends_on: date | None, links: Sequence[str], files: Sequence[IncomingFile]
) -> None:
    today = day_of(by.at)
    refuse_if(
        starts_on > today or (ends_on is not None and not starts_on <= ends_on <= today), "bad_days",
        _("期間の日付が、前後しているか、今日より後です。"), _("続いているときは、終わりを空欄にしてください。"),
    )  # fmt: skip
    refuse_if(
        not links and not files, "no_evidence",
        _("経験を示すものが、まだありません。"), _("ファイルかリンクを、一つ以上付けてください。"),
    )  # fmt: skip
    refuse_if(
        len(links) > MOST_LINKS or len(files) > MOST_FILES, "too_much",
        _("付けられるのは、ファイル5つとリンク10までです。"), _("数を減らしてください。"),
    )  # fmt: skip
    bad = [link for link in links if urlsplit(link).scheme not in {"http", "https"} or len(link) > 500]
    refuse_if(
        bool(bad), "bad_link", _("リンクとして読み取れない行があります。"), _("https:// で始まるアドレスを、一行に一つ書いてください。")
    )  # fmt: skip


@writes
def withdraw_dossier(*, by: Actor, dossier: Dossier) -> Dossier:
    """The holder takes it back before the decision. Refused: not_own, wrong_state."""
    row: Dossier = hold_row(dossier, "person")
    own_person(by, row.person)
    return _decide(by, row, D.WITHDRAWN, "", verb="dossier.withdrawn")


@writes
def declare_dossier(*, by: Actor, dossier: Dossier, has_conflict: bool, note: str = "") -> DossierReview:
    """A reviewer says first whether they have an interest; may be changed until the decision. Refused: not_reviewer."""
    row = _for_review(by, dossier)
    review, _new = DossierReview.objects.update_or_create(
        dossier=row, reviewer_id=by.account_id,
        defaults={"has_conflict": has_conflict, "conflict_note": note.strip(), "declared_at": by.at},
    )  # fmt: skip
    record(by=by, verb="dossier.declared", subject=row)
    return review


@writes
def judge_dossier(
    *, by: Actor, dossier: Dossier, is_met: bool, criteria: str, comment: str = ""
) -> DossierReview:
    """A reviewer's word: `criteria` is what they judged by, which goes into the badge. Again replaces it.

    Refused: not_reviewer, undeclared, conflict, no_criteria.
    """
    row = _for_review(by, dossier)
    review = DossierReview.objects.filter(dossier=row, reviewer_id=by.account_id).first()
    if review is None:
        refuse_if(
            True, "undeclared", _("利害関係の有無がまだ申告されていません。"), _("先に、利害関係の有無を申告してください。")
        )  # fmt: skip
    assert review is not None
    refuse_if(
        review.has_conflict, "conflict",
        _("利害関係があると申告した申請は審査できません。"), _("ほかの審査員が審査します。"),
    )  # fmt: skip
    refuse_if(
        not criteria.strip(), "no_criteria", _("判断の基準が空欄です。"), _("何を見て判断したかを書いてください。")
    )  # fmt: skip
    review.is_met, review.criteria, review.comment = is_met, criteria.strip(), comment.strip()
    review.decided_at = by.at
    review.save(update_fields=["is_met", "criteria", "comment", "decided_at"])
    record(by=by, verb="dossier.judged", subject=row)
    return review


def _for_review(by: Actor, dossier: Dossier) -> Dossier:
    row: Dossier = hold_row(dossier)
    refuse_if(
        by.account_id is None or not dossiers_for_review(by).filter(pk=row.pk).exists(), "not_reviewer",
        _("この申請は、いま審査できません。"), _("審査の一覧を読み直してください。"),
    )  # fmt: skip
    return row


@writes
def award_dossier(*, by: Actor, dossier: Dossier) -> Award:
    """Two reviewers without an interest said yes: sign the same badge, with the route and their criteria in it.

    Refused: not_agreed, wrong_state, other_body.
    """
    row: Dossier = hold_row(dossier, "route__host", "route__achievement", "person__account")
    own_host(by, row.route.host)
    words = words_of(row)
    refuse_if(
        outcome(words) != "met", "not_agreed",
        _("二人の審査員が、まだそろって認めていません。"), _("審査の結果を待ってください。"),
    )  # fmt: skip
    _decide(by, row, D.AWARDED, "", verb="dossier.awarded")
    badge = row.route.achievement
    award_many(
        by=by, achievement=badge, claims=[Claim(row.person_id)], route=Route.EXPERIENCE,
        narrative=narrative(row, words), renews=True,
    )  # fmt: skip
    # The new one, or what they came to hold in another way meanwhile.
    row.award = Award.objects.select_related("person__account", "achievement", "council").get(
        achievement=badge, person=row.person, revoked_at=None
    )
    row.save(update_fields=["award"])
    return row.award


@writes
def refuse_dossier(*, by: Actor, dossier: Dossier, reason: str) -> Dossier:
    """Two reviewers said no; `reason` is told to the person. Refused: not_agreed, no_reason, wrong_state, other_body."""
    row: Dossier = hold_row(dossier, "route__host")
    own_host(by, row.route.host)
    refuse_if(
        outcome(words_of(row)) != "not_met", "not_agreed",
        _("二人の審査員が、そろって認めないとは言っていません。"), _("審査の結果を待ってください。"),
    )  # fmt: skip
    refuse_if(
        not reason.strip(), "no_reason", _("理由がありません。"), _("本人に伝わる理由を書いてください。")
    )
    return _decide(by, row, D.REFUSED, reason.strip(), verb="dossier.turned_down")


def _decide(by: Actor, row: Dossier, state: str, reason: str, verb: str) -> Dossier:
    refuse_if(
        row.state != D.SUBMITTED, "wrong_state", _("この申請は、もう決まっています。"), _("一覧を読み直してください。")
    )  # fmt: skip
    row.state, row.reason, row.decided_at = D(state), reason, by.at
    row.save(update_fields=["state", "reason", "decided_at"])
    record(by=by, verb=verb, subject=row, for_person_id=row.person_id)
    return row
