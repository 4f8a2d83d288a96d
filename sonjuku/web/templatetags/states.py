"""How a state looks. Its words come from the model's own choices; the tone is never the only sign."""

TONES: dict[str, str] = {
    "open": "ok", "accepted": "ok", "completed": "ok", "selected": "ok", "done": "ok", "given": "ok", "valid": "ok",
    "delivered": "ok", "sent": "ok", "public": "ok", "met": "ok",
    "claimed": "warn", "asked": "warn", "checked": "ok", "issued": "ok", "awarded": "ok",
    "offered": "warn", "waitlisted": "warn", "pending": "warn", "waiting": "warn", "todo": "warn", "queued": "warn",
    "announced": "key", "submitted": "key", "active": "key", "frozen": "key", "drawn": "key", "now": "key",
    "ineligible": "bad", "lapsed": "bad", "late": "bad", "refused": "bad", "failed": "bad", "revoked": "bad",
    "invalid": "bad", "struck": "bad", "suspended": "warn", "in_use": "ok", "running": "warn", "bounced": "bad", "held": "warn", "scheduled": "key", "handed": "ok",
}  # fmt: skip

ICON_OF_TONE = {"ok": "check", "warn": "clock", "bad": "warning"}


def tone(state: object) -> str:
    """ok, warn, bad, key (the council's colour) or plain, for any room's state value."""
    return TONES.get(str(state or ""), "plain")
