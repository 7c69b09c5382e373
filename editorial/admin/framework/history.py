"""The record of a thing, as sentences: who did what, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from editorial.models import Event
from editorial.policy.access import Verb
from editorial.policy.audience import Occasion
from editorial.policy.vocabulary import LABELS

_MOST = 60

SENTENCES: dict[str, str] = {
    Verb.STORY_PITCH: "pitched the story",
    Verb.STORY_ASSIGN: "assigned the story",
    Verb.STORY_REVISE: "revised the story",
    Verb.STORY_SUBMIT: "submitted it",
    Verb.STORY_CLEAR: "cleared it",
    Verb.STORY_SCHEDULE: "scheduled it",
    Verb.STORY_PUBLISH: "published it",
    Verb.STORY_CORRECT: "printed a correction",
    Verb.STORY_WITHHOLD: "took it down",
    Verb.STORY_RETRACT: "retracted it",
    Verb.STORY_SPIKE: "spiked it",
    Verb.STORY_TICK: "ticked off a condition",
    Verb.STORY_OVERRIDE: "overrode the gate",
    Verb.CLAIM_FILE: "filed the claim",
    Verb.CLAIM_REVISE: "revised the claim",
    Verb.CLAIM_SPLIT: "split the claim",
    Verb.CLAIM_MERGE: "merged two claims",
    Verb.CLAIM_DROP: "dropped the claim",
    Verb.SOURCE_REGISTER: "registered the source",
    Verb.SOURCE_REVISE: "revised the source",
    Verb.SOURCE_RATE: "rated the source",
    Verb.SOURCE_AUTHENTICATE: "authenticated the document",
    Verb.SOURCE_PROTECT: "sealed the identity in the vault",
    Verb.SOURCE_VOUCH: "vouched for the source",
    Verb.SOURCE_UNMASK: "looked into the vault",
    Verb.SOURCE_MERGE: "found two sources to be one",
    Verb.STATEMENT_RECORD: "recorded a statement",
    Verb.STATEMENT_REVISE: "corrected a statement",
    Verb.STATEMENT_WITHDRAW: "noted that a statement was withdrawn",
    Verb.STATEMENT_RETRACT: "noted that a statement was retracted",
    Verb.STATEMENT_RELAY: "traced a statement to its origin",
    Verb.BRIEFING_HOLD: "noted a briefing",
    Verb.EXHIBIT_ATTACH: "archived a copy",
    Verb.IMPORT_BEGIN: "began an import",
    Verb.IMPORT_STOP: "stopped the import",
    Verb.REPLY_SEND: "sent a request for a reply",
    Verb.REPLY_ANSWER: "noted how a request ended",
    Verb.REPLY_WAIVE: "waived a reply",
    Verb.REVIEW_TAKE: "took a task",
    Verb.REVIEW_EXTEND: "extended a task",
    Verb.REVIEW_RELEASE: "gave a task back",
    Verb.REVIEW_FINISH: "finished a task",
    Verb.SIGNOFF_PROPOSE: "proposed the finding for signature",
    Verb.SIGNOFF_APPROVE: "approved the finding",
    Verb.SIGNOFF_REJECT: "turned the finding down",
    Verb.SIGNOFF_READ_STANDARDS: "agreed for standards",
    Verb.SIGNOFF_READ_LEGAL: "read it for the law",
    Verb.WEBHOOK_ADD: "added a webhook",
    Verb.WEBHOOK_STOP: "stopped a webhook",
    Verb.WEBHOOK_ROTATE: "gave a webhook a new secret",
    Verb.POLICY_ADOPT: "adopted a policy",
    Verb.DESK_OPEN: "opened the desk",
    Verb.PERSON_HIRE: "hired them",
    Verb.PERSON_REVISE: "revised the account",
    Verb.PERSON_APPOINT: "gave them a role",
    Verb.PERSON_RELIEVE: "took a role away",
    Verb.PERSON_SUSPEND: "closed the account",
    Verb.PERSON_READMIT: "opened the account again",
    Verb.PERSON_CHANGE_PASSWORD: "changed their password",
    Verb.TOKEN_ISSUE: "issued the token",
    Verb.TOKEN_REVOKE: "revoked the token",
    Verb.FACTOR_BEGIN: "began to set up a second factor",
    Verb.FACTOR_CONFIRM: "confirmed it by a code",
    Verb.FACTOR_RENEW: "got new recovery codes",
    Verb.FACTOR_RESET: "took it away",
    Verb.MESSAGE_REPLAY: "gave a dead letter another round",
    Verb.MESSAGE_TAKE: "took a dead letter",
    Verb.MESSAGE_ASSIGN: "gave a dead letter to somebody else",
    Verb.MESSAGE_SET_ASIDE: "set a dead letter aside",
    Occasion.CLAIM_ASSESS: "assessed the claim anew",
    Occasion.SIGNOFF_VOID: "voided a signature",
    Occasion.REVIEW_OPEN: "opened a task",
    Occasion.REVIEW_REOPEN: "opened a task again",
    Occasion.REVIEW_CLOSE: "closed a task nobody needs any more",
    Occasion.REVIEW_EXPIRE: "freed a task whose time ran out",
    Occasion.REVIEW_OVERDUE: "noted that a task is overdue",
    Occasion.REPLY_EXPIRE: "noted that a deadline passed",
    Occasion.EMBARGO_LIFT: "noted that an embargo ended",
    Occasion.STORY_GATE: "moved the gate",
    Occasion.STORY_FLAG: "flagged the story",
    Occasion.STORY_CLEAR_FLAG: "cleared the flag",
    Occasion.STORY_REFUSE: "could not run it on time",
    Occasion.ORIGINAL_CHANGE: "noted that the original has changed",
    Occasion.IMPORT_END: "brought an import to its end",
    Occasion.CORRECTION_OVERDUE: "noted that a correction is overdue",
    Occasion.WEBHOOK_GIVE_UP: "stopped it, because it is gone",
    Occasion.MESSAGE_DIE: "gave work up and told of it",
    Occasion.MESSAGE_DIE_QUIETLY: "gave work up",
    Occasion.MESSAGE_OVERDUE: "told again of work given up",
    Occasion.DISCREPANCY_REPAIR: "repaired what did not fit",
    Occasion.DISCREPANCY_PAGE: "told of what does not fit",
    Occasion.DISCREPANCY_CLOSE: "found that it fits again",
}

# What an event carries that people read; everything else in it is ids.
_READ = (
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
class Line:
    """One line of the record."""

    at: datetime
    who: str
    what: str
    details: str
    reason: str
    verb: str


def of(row: Model, *, also: Iterable[Model] = ()) -> list[Line]:
    """The record of a row, and of what belongs to it, newest first."""
    streams = [f"{one._meta.model_name}:{one.pk}" for one in (row, *also)]
    events = Event.objects.filter(stream__in=streams).select_related("actor").order_by("-id")
    return [line(event) for event in events[:_MOST]]


def line(event: Event) -> Line:
    """An event as a sentence."""
    return Line(
        at=event.at,
        who=event.actor.get_full_name() or event.actor.get_username() if event.actor else "The newsroom",
        what=SENTENCES.get(event.verb, event.verb.replace(".", " ").replace("_", " ")),
        details=", ".join(_details(event.data)),
        reason=str(event.data.get("reason") or ""),
        verb=event.verb,
    )


def _details(data: Mapping[str, Any]) -> list[str]:
    found = [_word(data[name]) for name in _READ if data.get(name) not in (None, "", [])]
    changed = data.get("changed")
    if isinstance(changed, Mapping) and changed:
        found.append("changed " + ", ".join(sorted(name.replace("_", " ") for name in changed)))
    if data.get("words") is True:
        found.append("new wording")
    if data.get("withheld") is True:
        found.append("withheld at once")
    return found


def _word(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2 and (value[0] is None or _known(value[0])) and _known(value[1]):
        return f"{_word(value[0])} → {_word(value[1])}" if value[0] else _word(value[1])
    if isinstance(value, list):
        return ", ".join(_word(one) for one in value)
    text = str(value or "none")
    if not _known(text):  # the codes of the gate stay as they are known
        return text
    return LABELS.get(text, text.replace("_", " ").lower())


def _known(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith(("E_", "C_"))
