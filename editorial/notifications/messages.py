"""The words of every notice, a row of the table a verb.

A notice may quote a headline or a claim, to people who may see them. It never names a source, repeats a reason that
somebody typed, or quotes a task's question: any of them can carry a name that must not leave the vault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.models import Correction, MessageKind, User
from editorial.notifications.subjects import EventContext
from editorial.policy.access import Action, Scope
from editorial.policy.audience import SystemEvent
from editorial.policy.publication import codes
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import ChoiceEnum, Code, FindingValue, RemedyKind, ReplyOutcome, TaskKind

_MAX_SUBJECT_LENGTH = 150
_MAX_QUOTE_LENGTH = 600
# Control characters, and those that turn the direction of writing around.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Message:
    """What a notice says."""

    subject: str
    body: str


def compose(context: EventContext, zone: ZoneInfo) -> Message:
    """The notice of a matter, as much of it as its reader may see, with times in the reader's zone."""
    headed, sentences = _COMPOSERS[context.event.action](context, zone)
    about = _quotable(context)
    subject = one_line(f"{headed}: {about[0]}" if about else headed, _MAX_SUBJECT_LENGTH)
    quoted = [f"“{one_line(each, _MAX_QUOTE_LENGTH)}”" for each in about]
    return Message(subject, "\n\n".join([*quoted, " ".join(sentences)]))


def time_zone_of(person: User) -> ZoneInfo:
    """The person's time zone; UTC if what is stored is none."""
    try:
        return ZoneInfo(person.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def format_time(at: datetime, zone: ZoneInfo) -> str:
    """A time as people read it, such as: 3 March 2026, 14:00 (Europe/London)."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({zone.key})"


def one_line(text: str, max_length: int = 200) -> str:
    """The text on one line, cut at a word where it is too long."""
    text = " ".join(_UNPRINTABLE.sub(" ", text).split())
    if len(text) <= max_length:
        return text
    cut = text[: max_length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–- ") + "…"


def _quotable(context: EventContext) -> list[str]:
    """What may be quoted: headlines and claims, never a source's name."""
    return [*(story.headline for story in context.stories), *(claim.text for claim in context.claims)]


# --- Verbs that tell more than that they happened ---------------------------------------------------------------------

_Text = tuple[str, list[str]]


def _simple(subject: str, *sentences: str) -> Callable[[EventContext, ZoneInfo], _Text]:
    """The beginning of the subject, and the sentences of the body, in which {who} did it."""

    def said(matter: EventContext, _: ZoneInfo) -> _Text:
        return subject, [sentence.format(who=_actor_name(matter)) for sentence in sentences]

    return said


def _assigned(context: EventContext, _: ZoneInfo) -> _Text:
    authors = [_display_name(link.user) for link in context.row.author_links.select_related("user").order_by("id")]
    return "Assigned", [f"{_actor_name(context)} assigned this story. It is written by {_join_names(authors)}."]


def _scheduled(context: EventContext, zone: ZoneInfo) -> _Text:
    at = parse_datetime(str(context.data.get("at", "")))
    return "Scheduled", [f"{_actor_name(context)} scheduled this story{f' for {format_time(at, zone)}' if at else ''}."]


def _published(context: EventContext, _: ZoneInfo) -> _Text:
    return "Published", [
        f"{_actor_name(context)} published this story." if context.event.actor else "It ran as scheduled."
    ]


def _corrected(context: EventContext, _: ZoneInfo) -> _Text:
    printed = _label(RemedyKind, context.data.get("remedy")).lower()
    return "Corrected", [
        f"{_actor_name(context)} printed this story anew and told readers what was changed ({printed})."
    ]


def _overridden(context: EventContext, _: ZoneInfo) -> _Text:
    return "Gate overridden", [
        f"{_actor_name(context)} overrode {_label(Code, context.data.get('code'))}: this story may run before a party has "
        "answered or its time is up.",
        _SEE_REASON,
    ]


def _remedy_due(context: EventContext, zone: ZoneInfo) -> _Text:
    owed = _label(RemedyKind, _after(context, "remedy"))
    said = [f"Facts have changed since this story ran. It owes its readers: {owed.lower()}."]
    for correction in Correction.objects.filter(pk__in=[context.data.get("correction")]):
        said += [correction.because, f"It is due by {format_time(correction.due_at, zone)}."]
    if context.data.get("withheld"):
        said.append("It is withheld until then.")
    return f"{owed} owed", said


def _publication_refused(context: EventContext, _: ZoneInfo) -> _Text:
    held = [Code(code) for code in context.data.get("codes", []) if code in set(Code)]
    # That a party who does not comment talks to us must not travel by mail.
    told = [codes.explain(code) for code in held if code is not Code.E_FALSE_DECLINE]
    lead = "Its time had come, but the gate did not let it pass, so it went back to the desk."
    return "Publication refused", [lead, *told, "All reasons are in the newsroom."]


def _correction_overdue(context: EventContext, _: ZoneInfo) -> _Text:
    owed = _label(RemedyKind, context.data.get("remedy")).lower()
    return "Correction overdue", [f"Readers still wait for what this story owes them: {owed}."]


def _assessed(context: EventContext, _: ZoneInfo) -> _Text:
    before, after = _before_and_after(context, "finding")
    found = _label(FindingValue, after)
    said = ["The evidence was weighed anew.", f"Finding: {found}."]
    if before and before != after:
        said[1] = f"Finding: {found}; it was: {_label(FindingValue, before).lower()}."
    denied_before, denied = _before_and_after(context, "contested")
    if denied:
        said.append("It is denied." if denied_before else "It is denied now.")
    elif denied_before:
        said.append("Nobody denies it any more.")
    if after in (FindingValue.VERIFIED, FindingValue.REFUTED):
        said.append("That takes effect once it is signed.")
    return f"Found {found.lower()}", said


def _reply_recorded(context: EventContext, _: ZoneInfo) -> _Text:
    ended = _label(ReplyOutcome, _after(context, "outcome")).lower()
    return f"Reply – {ended}", [f"{_actor_name(context)} noted how a request for a reply ended: {ended}."]


def _reply_expired(context: EventContext, zone: ZoneInfo) -> _Text:
    deadline = context.row.deadline_at
    until = f", {format_time(deadline, zone)}," if deadline else ""
    return "Deadline passed", [f"The deadline for a reply{until} has passed without an answer."]


def _proposed(context: EventContext, _: ZoneInfo) -> _Text:
    finding = _label(FindingValue, context.data.get("finding")).lower()
    lead = f"{_actor_name(context)} proposes to sign this finding."
    return f"To sign as {finding}", [lead, "It takes an editor who neither wrote, gathered nor proposed it."]


def _approved(context: EventContext, _: ZoneInfo) -> _Text:
    finding = _label(FindingValue, context.data.get("finding"))
    return finding, [f"{_actor_name(context)} signed this finding. It holds from now on, until the evidence changes."]


def _signoff_voided(context: EventContext, _: ZoneInfo) -> _Text:
    kind = _label(SignoffKind, context.data.get("kind")).lower()
    finding = _label(FindingValue, context.data.get("finding")).lower()
    return "Sign-off voided", [f"The evidence has changed, so the signature ({kind}: {finding}) no longer holds."]


def _task_expired(context: EventContext, _: ZoneInfo) -> _Text:
    lead = f"Your time for a task ({_task_label(context)}) ran out, and it went back to the queue."
    return "Task returned to the queue", [lead, "Take it again if you are still at it."]


def _task_overdue(context: EventContext, zone: ZoneInfo) -> _Text:
    return "Task overdue", [f"A task ({_task_label(context)}) was due by {format_time(context.row.due_at, zone)}."]


def _job_failed(context: EventContext, _: ZoneInfo) -> _Text:
    lead = f"A piece of work ({_job_label(context)}) failed in every attempt and has been given up."
    owner = getattr(context.row, "owner", None)
    return "Job failed permanently", [
        lead,
        f"It is on the list of {_display_name(owner) if owner else 'nobody yet'}.",
        _RETRY_OR_DISMISS,
    ]


def _jobs_unresolved(context: EventContext, _: ZoneInfo) -> _Text:
    count = context.data.get("letters") or 1
    return "Failed jobs unresolved", [f"Given up for hours, and nobody has seen to it: {count}.", _RETRY_OR_DISMISS]


def _job_assigned(context: EventContext, _: ZoneInfo) -> _Text:
    return "Failed job assigned to you", [
        f"{_actor_name(context)} put work that was given up ({_job_label(context)}) on your list."
    ]


def _integrity_alert(context: EventContext, _: ZoneInfo) -> _Text:
    broken = one_line(str(context.data.get("says", "")))
    lead = f"What is recorded does not fit together. This does not hold: {broken}"
    return "Data integrity alert", [lead, "The newsroom cannot repair it by itself; docs/reconciliation.md helps."]


def _token_issued(context: EventContext, zone: ZoneInfo) -> _Text:
    scopes = ", ".join(scope for scope in context.data.get("scopes", []) if scope in set(Scope))
    expires = parse_datetime(str(context.data.get("expires_at", "")))
    until = f" It works until {format_time(expires, zone)}." if expires else ""
    lead = (
        f"{_actor_name(context)} issued a token by which a program acts in your name. It is good for: {scopes}.{until}"
    )
    return "Token issued in your name", [lead, "If you know nothing of it, revoke it and ask your administrator."]


def _webhook_disabled(context: EventContext, _: ZoneInfo) -> _Text:
    desk = one_line(context.row.desk.name)
    lead = f"An address that is told of the desk {desk} has said several times that it is gone, and is told no more."
    return "Webhook disabled", [lead, "Once it is back, add it again; it gets a new secret then."]


_RETRY_OR_DISMISS = "Find out why it failed, then give it another round or set it aside."
_SEE_REASON = "The reason is in the newsroom."
_BEING_REASSESSED = "The claim and every story that uses it are looked at again."
_COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], _Text]] = {
    Action.STORY_ASSIGN: _assigned,
    Action.STORY_SUBMIT: _simple(
        "Ready to clear", "{who} handed this story in.", "An editor who did not write it has to clear it."
    ),
    Action.STORY_CLEAR: _simple(
        "Cleared",
        "{who} cleared the copy.",
        "It can run once the gate lets it pass; conditions are ticked off by a copy editor.",
    ),
    Action.STORY_SCHEDULE: _scheduled,
    Action.STORY_PUBLISH: _published,
    Action.STORY_CORRECT: _corrected,
    Action.STORY_WITHHOLD: _simple("Withheld", "{who} took this story down for now.", _SEE_REASON),
    Action.STORY_RETRACT: _simple("Retracted", "{who} took this story back for good.", _SEE_REASON),
    Action.STORY_SPIKE: _simple("Spiked", "{who} gave this story up.", _SEE_REASON),
    Action.STORY_OVERRIDE: _overridden,
    SystemEvent.STORY_FLAG: _remedy_due,
    SystemEvent.STORY_CLEAR_FLAG: _simple(
        "No correction needed any more", "The facts have changed back: this story stands as it was printed."
    ),
    SystemEvent.STORY_REFUSE: _publication_refused,
    SystemEvent.WIRE_ITEM_CHANGE: _simple(
        "Wire item changed",
        "The outlet has changed the item from which this story was drafted. The story was left as it is; the new "
        "version is archived beside the old one.",
    ),
    SystemEvent.CORRECTION_OVERDUE: _correction_overdue,
    Action.CLAIM_MERGE: _simple(
        "Merged", "{who} found that another claim says the same.", "Its evidence counts for this one now."
    ),
    Action.CLAIM_DROP: _simple("Dropped", "{who} dropped this claim as not worth pursuing.", _SEE_REASON),
    SystemEvent.CLAIM_ASSESS: _assessed,
    Action.STATEMENT_WITHDRAW: _simple(
        "Statement withdrawn", "{who} noted that a source took back what it had said on this claim.", _BEING_REASSESSED
    ),
    Action.STATEMENT_RETRACT: _simple(
        "Statement retracted",
        "{who} noted that whoever published a statement on this claim retracted it.",
        _BEING_REASSESSED,
    ),
    SystemEvent.EMBARGO_LIFT: _simple("Embargo ended", "A statement on this claim may be used now."),
    Action.SOURCE_UNMASK: _simple("Source identity revealed", "{who} looked up who an unnamed source is.", _SEE_REASON),
    Action.SOURCE_MERGE: _simple(
        "Sources merged",
        "{who} found that two recorded sources are the same. They count as one voice from now on.",
        "Every claim that leans on them is looked at again.",
    ),
    Action.REPLY_ANSWER: _reply_recorded,
    SystemEvent.REPLY_EXPIRE: _reply_expired,
    Action.SIGNOFF_PROPOSE: _proposed,
    Action.SIGNOFF_APPROVE: _approved,
    Action.SIGNOFF_REJECT: _simple("Sign-off rejected", "{who} turned the sign-off down.", _SEE_REASON),
    SystemEvent.SIGNOFF_VOID: _signoff_voided,
    SystemEvent.REVIEW_EXPIRE: _task_expired,
    SystemEvent.REVIEW_OVERDUE: _task_overdue,
    Action.TOKEN_ISSUE: _token_issued,
    SystemEvent.WEBHOOK_AUTO_DISABLE: _webhook_disabled,
    Action.JOB_ASSIGN: _job_assigned,
    SystemEvent.JOB_FAILED: _job_failed,
    SystemEvent.JOB_OVERDUE: _jobs_unresolved,
    SystemEvent.INTEGRITY_ALERT: _integrity_alert,
}


# --- Parts of a sentence --------------------------------------------------------------------------------------------


def _actor_name(context: EventContext) -> str:
    return _display_name(context.event.actor) if context.event.actor else "The newsroom"


def _display_name(person: User) -> str:
    return one_line(person.get_full_name() or person.get_username())


def _join_names(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "nobody yet"


def _label(vocabulary: type[ChoiceEnum], value: object) -> str:
    """The word as people read it; where the event holds none of the vocabulary, that there is none."""
    return vocabulary(str(value)).label if value in set(vocabulary) else "None"


def _task_label(context: EventContext) -> str:
    return _label(TaskKind, context.data.get("kind")).lower()


def _job_label(context: EventContext) -> str:
    return _label(MessageKind, context.data.get("kind")).lower()


def _before_and_after(context: EventContext, name: str) -> tuple[object, object]:
    before, after = context.data.get(name) or (None, None)
    return before, after


def _after(context: EventContext, name: str) -> object:
    return _before_and_after(context, name)[1]
