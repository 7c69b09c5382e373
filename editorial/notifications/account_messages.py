"""Notifications about accounts: their changes, tokens and passkeys. They quote no reason and no email address."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.models import Desk, DutyShift, User
from editorial.notifications.formatting import format_time, one_line
from editorial.notifications.message_parts import SEE_REASON, Text, actor_name, display_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import AccountChangeKind
from editorial.policy.roles import Role, Scope
from editorial.policy.system_events import SystemEvent

_UNEXPECTED = (
    "If you did not expect this, speak to them. The account's owner and every administrator can cancel the change."
)


def _requested(context: EventContext, _: ZoneInfo) -> Text:
    return f"Account change requested: {_owner(context)}", [
        f"{actor_name(context)} requested a change to the account of {_owner(context)}: {_what(context)}.",
        "It takes effect only after another administrator approves it and a delay passes.",
        SEE_REASON,
        _UNEXPECTED,
    ]


def _approved(context: EventContext, zone: ZoneInfo) -> Text:
    effective = parse_datetime(str(context.data.get("effective_at", "")))
    at = f" on {format_time(effective, zone)}" if effective else ""
    return f"Account change approved: {_owner(context)}", [
        f"{actor_name(context)} approved a change to the account of {_owner(context)}: {_what(context)}.",
        f"It takes effect{at}.",
        _UNEXPECTED,
    ]


def _cancelled(context: EventContext, _: ZoneInfo) -> Text:
    return f"Account change cancelled: {_owner(context)}", [
        f"{actor_name(context)} cancelled a change to the account of {_owner(context)}: {_what(context)}.",
        "If the request was not legitimate, an administrator's account may be compromised.",
    ]


def _carried_out(context: EventContext, _: ZoneInfo) -> Text:
    requester, approver = (_name(context.data.get(field)) for field in ("requested_by", "approved_by"))
    return f"Account changed: {_owner(context)}", [
        f"The account of {_owner(context)} was changed: {_what(context)}.",
        f"{requester} requested it, and {approver} approved it.",
        "If you did not expect this, speak to both now.",
    ]


def _expired(context: EventContext, _: ZoneInfo) -> Text:
    reason = (
        "The person who requested or approved it is no longer an administrator."
        if context.data.get("code") == "NO_ADMINISTRATOR"
        else "Nobody approved it in time."
    )
    return f"Account change expired: {_owner(context)}", [
        f"A requested change to the account of {_owner(context)} will not take effect: {_what(context)}.",
        reason,
    ]


def _forced(context: EventContext, _: ZoneInfo) -> Text:
    return f"ALERT: account changed without approval: {_owner(context)}", [
        f"{actor_name(context)} changed the account of {_owner(context)} without a second administrator: "
        f"{_what(context)}.",
        "Read the reason in the newsroom, and speak to the administrator and the owner now. If either did not agree to "
        "the change, an account is compromised: have both accounts deactivated.",
    ]


def _what(context: EventContext) -> str:
    """The kind of change, with the role and its desk."""
    kind = context.data.get("kind")
    label = AccountChangeKind(kind).label.lower() if kind in set(AccountChangeKind) else "a change"
    role = context.data.get("role")
    if role not in set(Role):
        return label
    desk = Desk.objects.filter(pk__in=[key for key in [context.data.get("at")] if key]).first()
    return f"{label}, {Role(role).label.lower()} at {one_line(desk.name) if desk else 'every desk'}"


def _owner(context: EventContext) -> str:
    return _name(context.data.get("user"))


def _name(user_id: object) -> str:
    person = User.objects.filter(pk__in=[user_id] if user_id else []).first()
    return display_name(person) if person else "somebody"


def _on_duty(heading: str, sentence: str) -> Callable[[EventContext, ZoneInfo], Text]:
    def compose(context: EventContext, zone: ZoneInfo) -> Text:
        shift: DutyShift = context.row
        times = f"from {format_time(shift.starts_at, zone)} to {format_time(shift.ends_at, zone)}"
        who, desk = actor_name(context), one_line(shift.desk.name)
        return f"{heading}: {desk}", [sentence.format(who=who, desk=desk, times=times)]

    return compose


def _token_issued(context: EventContext, zone: ZoneInfo) -> Text:
    scopes = ", ".join(scope for scope in context.data.get("scopes", []) if scope in set(Scope))
    expires = parse_datetime(str(context.data.get("expires_at", "")))
    until = f" It expires on {format_time(expires, zone)}." if expires else ""
    lead = f"{actor_name(context)} issued an API token that lets a program act in your name. Scopes: {scopes}.{until}"
    return "Token issued in your name", [
        lead,
        "If you did not expect this, revoke the token and contact your administrator.",
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.ACCOUNT_REQUEST_CHANGE: _requested,
    Action.ACCOUNT_APPROVE_CHANGE: _approved,
    Action.ACCOUNT_CANCEL_CHANGE: _cancelled,
    Action.ACCOUNT_BREAK_GLASS: _forced,
    SystemEvent.ACCOUNT_CARRY_OUT_CHANGE: _carried_out,
    SystemEvent.ACCOUNT_EXPIRE_CHANGE: _expired,
    Action.TOKEN_ISSUE: _token_issued,
    Action.DUTY_SHIFT_ASSIGN: _on_duty("Duty shift assigned", "{who} put you on duty at the desk {desk} {times}."),
    Action.DUTY_SHIFT_CANCEL: _on_duty("Duty shift cancelled", "{who} cancelled your shift at {desk} {times}."),
    SystemEvent.USER_RESET_ACCESS: simple(
        "Account linked to single sign-on",
        "Your account is now linked to your single sign-on. Its password, passkeys and authenticator app were removed, "
        "and its tokens and earlier sessions no longer work, because somebody else may have set them up.",
        "Set up your second factor again if you need one.",
        "If you did not sign in this way, contact your administrator now.",
    ),
    SystemEvent.PASSKEY_COPY_SUSPECTED: simple(
        "Passkey refused",
        "A passkey was refused because its signature counter did not increase. It may have been cloned.",
        "Speak to its owner in person, remove the passkey, and have them register a new one.",
    ),
}
