"""Showing a badge: the holder's word alone."""

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from sonjuku.rooms.credentials.models import Award, Endorsement
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import answer_consent, ask_consent, withdraw_consent
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.queries import consent_for
from sonjuku.toolbox.refusals import Refused

# The wording below; a change of it is a new version.
TEXT_VERSION = "badge-1"
_PURPOSES = {
    Award.Visibility.PUBLIC: Consent.Purpose.BADGE_PUBLIC,
    Award.Visibility.COUNCIL: Consent.Purpose.PROVISION,
}

Shown = TypeVar("Shown", Award, Endorsement)


@writes
def set_visibility(*, by: Actor, award: Award, visibility: str) -> Award:
    """Who may see a badge: the holder's word only. Showing it is a recorded consent, hiding it withdraws that.

    Refused: not_holder, no_such_choice.
    """
    row = (
        Award.objects.select_for_update(of=("self",))
        .select_related("person", "council", "achievement")
        .get(pk=award.pk)
    )
    text = _("バッジのページを、選んだ範囲の人に見せることに同意します。いつでも取り消せます。")
    items = [_("表示名"), _("バッジの名前と内容"), _("発行者"), _("取得日")]
    return show(
        by=by, row=row, visibility=visibility, verb="award.shown", text=text, text_version=TEXT_VERSION, items=items
    )  # fmt: skip


def show(
    *, by: Actor, row: Shown, visibility: str, verb: str, text: Any, text_version: str, items: list[Any]
) -> Shown:
    """Set who may see a locked row (with `person` and `council`), and keep or withdraw the consent to it."""
    if by.account_id is None or row.person.account_id != by.account_id:
        raise Refused("not_holder", _("バッジの公開は、受け取った本人だけが決められます。"))
    if visibility not in Award.Visibility.values:
        raise Refused("no_such_choice", _("選べない公開範囲です。"), _("もう一度選んでください。"))
    if row.visibility == visibility:
        return row
    row.visibility = visibility
    row.save(update_fields=["visibility"])
    for level, purpose in _PURPOSES.items():
        consent = consent_for(row.id, purpose)
        if level == visibility:
            consent = ask_consent(
                by=by, person=row.person, purpose=purpose, about_id=row.id, text=str(text), text_version=text_version,
                receivers=[_("だれでも") if level == Award.Visibility.PUBLIC else row.council.title],
                items=[str(item) for item in items],
            )  # fmt: skip
            answer_consent(by=by, consent=consent, given=True, channel=Consent.Channel.WEB)
        elif consent is not None and consent.holds:
            withdraw_consent(by=by, consent=consent)
    record(by=by, verb=verb, subject=row, for_person_id=row.person_id, field_names=["visibility"])
    return row
