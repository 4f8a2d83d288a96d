"""Accounts, councils and their bodies, persons, roles, consents, and what the law on personal information asks."""

from sonjuku.rooms.people.models.accounts import Account, AccountManager
from sonjuku.rooms.people.models.consents import Consent, Guardian, GuardianRule
from sonjuku.rooms.people.models.councils import AreaGroup, Body, Council, Membership
from sonjuku.rooms.people.models.persons import Person, Tie
from sonjuku.rooms.people.models.privacy import (
    AccessibilityStatement,
    DataRequest,
    Disposal,
    ProvisionRecord,
    RequestRule,
    RetentionRule,
    TermsAcceptance,
    TermsVersion,
)
from sonjuku.rooms.people.models.roles import ApiToken, Role

__all__ = [
    "AccessibilityStatement",
    "Account",
    "AccountManager",
    "ApiToken",
    "AreaGroup",
    "Body",
    "Consent",
    "Council",
    "DataRequest",
    "Disposal",
    "Guardian",
    "GuardianRule",
    "Membership",
    "Person",
    "ProvisionRecord",
    "RequestRule",
    "RetentionRule",
    "Role",
    "TermsAcceptance",
    "TermsVersion",
    "Tie",
]
