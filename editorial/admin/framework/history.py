"""The record of a thing, as sentences: who did what, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from editorial.models import Event
from editorial.policy.access import Action
from editorial.policy.audience import SystemEvent
from editorial.policy.vocabulary import LABELS

_MAX_ENTRIES = 60

SENTENCES: dict[str, str] = {
    Action.STORY_PITCH: "pitched the story",
    Action.STORY_ASSIGN: "assigned the story",
    Action.STORY_REVISE: "revised the story",
    Action.STORY_SUBMIT: "submitted it",
    Action.STORY_CLEAR: "cleared it",
    Action.STORY_SCHEDULE: "scheduled it",
    Action.STORY_PUBLISH: "published it",
    Action.STORY_CORRECT: "published a correction",
    Action.STORY_WITHHOLD: "withheld it",
    Action.STORY_RETRACT: "retracted it",
    Action.STORY_SPIKE: "spiked it",
    Action.STORY_CONFIRM_CONDITION: "confirmed a condition",
    Action.STORY_OVERRIDE: "overrode the gate",
    Action.CLAIM_FILE: "filed the claim",
    Action.CLAIM_REVISE: "revised the claim",
    Action.CLAIM_SPLIT: "split the claim",
    Action.CLAIM_MERGE: "merged two claims",
    Action.CLAIM_DROP: "dropped the claim",
    Action.SOURCE_REGISTER: "registered the source",
    Action.SOURCE_REVISE: "revised the source",
    Action.SOURCE_RATE: "rated the source",
    Action.SOURCE_AUTHENTICATE: "authenticated the document",
    Action.SOURCE_PROTECT: "sealed the identity in the vault",
    Action.SOURCE_MATCH_IDENTITY: "matched the identity of a source",
    Action.SOURCE_VOUCH: "vouched for the source",
    Action.SOURCE_UNMASK: "revealed the source's identity",
    Action.SOURCE_MERGE: "merged two sources",
    Action.STATEMENT_RECORD: "recorded a statement",
    Action.STATEMENT_REVISE: "corrected a statement",
    Action.STATEMENT_WITHDRAW: "noted that a statement was withdrawn",
    Action.STATEMENT_RETRACT: "noted that a statement was retracted",
    Action.STATEMENT_RELAY: "traced a statement to its origin",
    Action.BRIEFING_RECORD: "recorded a briefing",
    Action.EXHIBIT_ATTACH: "archived a copy",
    Action.IMPORT_START: "started an import",
    Action.IMPORT_CANCEL: "cancelled the import",
    Action.REPLY_SEND: "sent a request for comment",
    Action.REPLY_ANSWER: "recorded the response to a request",
    Action.REPLY_WAIVE: "waived the right of reply",
    Action.REVIEW_TAKE: "took a task",
    Action.REVIEW_EXTEND: "extended a task",
    Action.REVIEW_RELEASE: "released a task",
    Action.REVIEW_FINISH: "finished a task",
    Action.SIGNOFF_PROPOSE: "proposed the finding for signature",
    Action.SIGNOFF_APPROVE: "approved the finding",
    Action.SIGNOFF_REJECT: "rejected the finding",
    Action.SIGNOFF_READ_STANDARDS: "completed the standards review",
    Action.SIGNOFF_READ_LEGAL: "completed the legal review",
    Action.WEBHOOK_ADD: "added a webhook",
    Action.WEBHOOK_DISABLE: "disabled a webhook",
    Action.WEBHOOK_ROTATE: "rotated a webhook secret",
    Action.POLICY_ADOPT: "adopted a policy",
    Action.DESK_OPEN: "opened the desk",
    Action.USER_CREATE: "created the account",
    Action.USER_REVISE: "revised the account",
    Action.USER_GRANT_ROLE: "granted a role",
    Action.USER_REVOKE_ROLE: "revoked a role",
    Action.USER_DEACTIVATE: "deactivated the account",
    Action.USER_REACTIVATE: "reactivated the account",
    Action.USER_CHANGE_PASSWORD: "changed their password",
    Action.TOKEN_ISSUE: "issued the token",
    Action.TOKEN_REVOKE: "revoked the token",
    Action.SECOND_FACTOR_ENROLL: "started second-factor enrollment",
    Action.SECOND_FACTOR_CONFIRM: "confirmed the second factor",
    Action.SECOND_FACTOR_REGENERATE_CODES: "regenerated recovery codes",
    Action.SECOND_FACTOR_REMOVE: "removed the second factor",
    Action.JOB_RETRY: "retried a failed job",
    Action.JOB_TAKE: "took over a failed job",
    Action.JOB_ASSIGN: "reassigned a failed job",
    Action.JOB_DISMISS: "dismissed a failed job",
    SystemEvent.CLAIM_ASSESS: "reassessed the claim",
    SystemEvent.SIGNOFF_VOID: "voided a signature",
    SystemEvent.REVIEW_OPEN: "opened a task",
    SystemEvent.REVIEW_REOPEN: "opened a task again",
    SystemEvent.REVIEW_CLOSE: "closed a task nobody needs any more",
    SystemEvent.REVIEW_EXPIRE: "freed a task whose time ran out",
    SystemEvent.REVIEW_OVERDUE: "noted that a task is overdue",
    SystemEvent.REPLY_EXPIRE: "noted that a deadline passed",
    SystemEvent.EMBARGO_LIFT: "noted that an embargo ended",
    SystemEvent.STORY_GATE: "moved the gate",
    SystemEvent.STORY_FLAG: "flagged the story",
    SystemEvent.STORY_CLEAR_FLAG: "cleared the flag",
    SystemEvent.STORY_REFUSE: "did not publish it on schedule",
    SystemEvent.WIRE_ITEM_CHANGE: "recorded that the wire item has changed",
    SystemEvent.IMPORT_END: "finished an import",
    SystemEvent.CORRECTION_OVERDUE: "noted that a correction is overdue",
    SystemEvent.WEBHOOK_AUTO_DISABLE: "disabled it because the receiver is gone",
    SystemEvent.JOB_FAILED: "recorded a failed job and sent an alert",
    SystemEvent.JOB_FAILED_SILENTLY: "recorded a failed job",
    SystemEvent.JOB_OVERDUE: "repeated the alert about failed jobs",
    SystemEvent.INTEGRITY_REPAIR: "repaired an integrity violation",
    SystemEvent.INTEGRITY_ALERT: "sent a data integrity alert",
    SystemEvent.INTEGRITY_RESOLVE: "closed the integrity finding",
}

# What an event carries that people read; everything else in it is ids.
_SHOWN_FIELDS = (
    "finding",
    "remedy",
    "gate",
    "outcome",
    "code",
    "codes",
    "kind",
    "risk",
    "type",
    "stance",
    "reliability",
    "role",
)


@dataclass(frozen=True, slots=True)
class AuditLogEntry:
    """One line of the record."""

    at: datetime
    actor_name: str
    sentence: str
    details: str
    reason: str
    action: str


def entries_for(row: Model, *, also: Iterable[Model] = ()) -> list[AuditLogEntry]:
    """The record of a row, and of what belongs to it, newest first."""
    streams = [f"{one._meta.model_name}:{one.pk}" for one in (row, *also)]
    events = Event.objects.filter(stream__in=streams).select_related("actor").order_by("-id")
    return [entry_for(event) for event in events[:_MAX_ENTRIES]]


def entry_for(event: Event) -> AuditLogEntry:
    """An event as a sentence."""
    return AuditLogEntry(
        at=event.at,
        actor_name=event.actor.get_full_name() or event.actor.get_username() if event.actor else "The newsroom",
        sentence=SENTENCES.get(event.action, event.action.replace(".", " ").replace("_", " ")),
        details=", ".join(_details(event.data)),
        reason=str(event.data.get("reason") or ""),
        action=event.action,
    )


def _details(data: Mapping[str, Any]) -> list[str]:
    found = [_label(data[name]) for name in _SHOWN_FIELDS if data.get(name) not in (None, "", [])]
    changed = data.get("changed")
    if isinstance(changed, Mapping) and changed:
        found.append("changed " + ", ".join(sorted(name.replace("_", " ") for name in changed)))
    if data.get("words") is True:
        found.append("new wording")
    if data.get("withheld") is True:
        found.append("withheld immediately")
    return found


def _label(value: Any) -> str:
    if (
        isinstance(value, list)
        and len(value) == 2
        and (value[0] is None or _is_value(value[0]))
        and _is_value(value[1])
    ):
        return f"{_label(value[0])} → {_label(value[1])}" if value[0] else _label(value[1])
    if isinstance(value, list):
        return ", ".join(_label(one) for one in value)
    text = str(value or "none")
    if not _is_value(text):  # the codes of the gate stay as they are known
        return text
    return LABELS.get(text, text.replace("_", " ").lower())


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith(("E_", "C_"))
