"""What may be done to councils, bodies, persons, guardians, consents and roles."""

from sonjuku.rooms.people.actions.consents import answer_consent, ask_consent, name_guardian, withdraw_consent
from sonjuku.rooms.people.actions.councils import (
    add_body,
    change_body,
    change_council,
    create_council,
    join,
    leave,
    set_guardian_rule,
)
from sonjuku.rooms.people.actions.persons import (
    add_person,
    add_tie,
    check_claim,
    claim_person,
    remove_tie,
    save_profile,
)
from sonjuku.rooms.people.actions.roles import end_role, grant_role

__all__ = [
    "add_body",
    "add_person",
    "add_tie",
    "answer_consent",
    "ask_consent",
    "change_body",
    "change_council",
    "check_claim",
    "claim_person",
    "create_council",
    "end_role",
    "grant_role",
    "join",
    "leave",
    "name_guardian",
    "remove_tie",
    "save_profile",
    "set_guardian_rule",
    "withdraw_consent",
]
