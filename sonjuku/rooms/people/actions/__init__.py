"""What may be done to councils, bodies, persons, guardians, consents and roles."""

from sonjuku.rooms.people.actions.areas import add_area_group, change_area_group
from sonjuku.rooms.people.actions.consents import (
    answer_consent,
    ask_consent,
    name_guardian,
    take_consent,
    withdraw_consent,
)
from sonjuku.rooms.people.actions.councils import (
    add_body,
    change_body,
    change_council,
    create_council,
    join,
    leave,
    put_first_steps,
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
from sonjuku.rooms.people.actions.provisions import Given, record_provisions
from sonjuku.rooms.people.actions.requests import (
    check_identity,
    correct_person,
    decide_request,
    drop_account,
    erase_person,
    file_request,
    set_request_rule,
    withdraw_request,
)
from sonjuku.rooms.people.actions.retention import (
    approve_disposal,
    finish_disposal,
    keep_longer,
    lock_approved,
    note_erased,
    propose_disposal,
    set_retention_rule,
)
from sonjuku.rooms.people.actions.roles import end_role, grant_role
from sonjuku.rooms.people.actions.terms import accept_terms, save_accessibility, save_terms
from sonjuku.rooms.people.actions.tokens import issue_token, note_token_use, revoke_token

__all__ = [
    "Given",
    "accept_terms",
    "add_area_group",
    "add_body",
    "add_person",
    "add_tie",
    "answer_consent",
    "approve_disposal",
    "ask_consent",
    "change_area_group",
    "change_body",
    "change_council",
    "check_claim",
    "check_identity",
    "claim_person",
    "correct_person",
    "create_council",
    "decide_request",
    "drop_account",
    "end_role",
    "erase_person",
    "file_request",
    "finish_disposal",
    "grant_role",
    "issue_token",
    "join",
    "keep_longer",
    "leave",
    "lock_approved",
    "name_guardian",
    "note_erased",
    "note_token_use",
    "propose_disposal",
    "put_first_steps",
    "record_provisions",
    "remove_tie",
    "revoke_token",
    "save_accessibility",
    "save_profile",
    "save_terms",
    "set_guardian_rule",
    "set_request_rule",
    "set_retention_rule",
    "take_consent",
    "withdraw_consent",
    "withdraw_request",
]
