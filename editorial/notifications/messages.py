"""The text of every notification: one composer per event.

A notification may quote a headline or a claim, to people who may see them. It never names a source, repeats a typed
reason, or quotes a task's question: any of these can carry a name that must not leave the vault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.models import Event, Story
from editorial.notifications import (
    account_messages,
    comment_messages,
    import_messages,
    operations_messages,
    remedy_messages,
    repair_messages,
    restriction_messages,
    saved_search_messages,
    source_messages,
    story_messages,
    task_messages,
    wire_item_messages,
)
from editorial.notifications.formatting import format_time, one_line
from editorial.notifications.message_parts import (
    SEE_REASON,
    Text,
    actor_name,
    display_name,
    kind_label,
    label,
    remedy_with_article,
    simple,
)
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.events import CONFIDENTIAL_EVENTS, FAREWELL_EVENTS
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.publication.wire_items import WireItemCode
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import Code, Ending, FindingValue, RemedyKind, ReplyOutcome

_MAX_SUBJECT_LENGTH = 150
_MAX_QUOTE_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Message:
    """The text of one notification."""

    subject: str
    body: str


def compose(context: EventContext, zone: ZoneInfo) -> Message:
    """The notification of an event, limited to what its reader may see, with times in the reader's zone."""
    heading, sentences = _COMPOSERS[context.event.action](context, zone)
    texts = _quotable(context)
    subject = one_line(f"{heading}: {texts[0]}" if texts else heading, _MAX_SUBJECT_LENGTH)
    quoted = [f"“{one_line(text, _MAX_QUOTE_LENGTH)}”" for text in texts]
    return Message(subject, "\n\n".join([*quoted, " ".join(sentences)]))


def _quotable(context: EventContext) -> list[str]:
    """The texts that may be quoted: headlines and claims, never a source's name."""
    if context.event.action in CONFIDENTIAL_EVENTS:  # the headline may contain the name
        return []
    event = context.event
    headlines = [_headline(event, story) for story in context.stories if not _headline_names_source(event, story)]
    return [*headlines, *(claim.text for claim in context.claims)]


def _headline(event: Event, story: Story) -> str:
    """The headline; of a story that may have moved, the last that the desk of the event could see."""
    if event.action not in FAREWELL_EVENTS:
        return story.headline
    known = story.revisions.filter(revised_at__lte=event.at).order_by("-number")
    return known.values_list("headline", flat=True).first() or story.headline


def _headline_names_source(event: Event, story: Story) -> bool:
    """Whether a confidential name was found in the headline of the latest revision; after a move, of any revision."""
    names = Event.objects.filter(stream=f"story:{story.pk}", action=SystemEvent.NAME_IN_COPY)
    names = names.filter(data__fields__has_key="headline")
    if event.action in FAREWELL_EVENTS:
        return names.exists()
    latest = story.revisions.order_by("-number").values("revised_at")[:1]
    return names.filter(at__gte=latest).exists()


# --- Notifications with details of the event --------------------------------------------------------------------------


def _assigned(context: EventContext, _: ZoneInfo) -> Text:
    authors = [display_name(link.user) for link in context.row.author_links.select_related("user").order_by("id")]
    sentences = [f"{actor_name(context)} assigned this story to {_join_names(authors)}."]
    if context.data.get("correction"):
        sentences.append("The story has been published, so readers get a new version with a note.")
    return "Story assigned", sentences


def _published(context: EventContext, _: ZoneInfo) -> Text:
    return "Story published", [
        f"{actor_name(context)} published this story." if context.event.actor else "This story ran as scheduled."
    ]


def _corrected(context: EventContext, _: ZoneInfo) -> Text:
    remedy = label(RemedyKind, context.data.get("remedy")).lower()
    return "Story corrected", [f"{actor_name(context)} republished this story with a note to readers ({remedy})."]


def _overridden(context: EventContext, _: ZoneInfo) -> Text:
    code = context.data.get("code")
    if code in set(WireItemCode):
        effect = "This story may now run although its outlet has withdrawn the wire item or its embargo cannot be read."
    else:
        effect = "This story may now run before the party has replied or the deadline has passed."
    vocabulary = WireItemCode if code in set(WireItemCode) else Code
    return "Gate overridden", [f"{actor_name(context)} overrode {label(vocabulary, code)}. {effect}", SEE_REASON]


def _correction_overdue(context: EventContext, _: ZoneInfo) -> Text:
    remedy = remedy_with_article(context.data.get("remedy"))
    return "Correction overdue", [f"The deadline has passed, and readers are still owed {remedy}. Publish it now."]


def _correction_near(context: EventContext, zone: ZoneInfo) -> Text:
    remedy = remedy_with_article(context.data.get("remedy"))
    at = parse_datetime(str(context.data.get("at", "")))
    due = f", due by {format_time(at, zone)}" if at else ""
    return "Correction due soon", [f"Readers are owed {remedy}{due}. Publish or schedule it before then."]


def _assessed(context: EventContext, _: ZoneInfo) -> Text:
    before, after = _before_and_after(context, "finding")
    finding = label(FindingValue, after)
    sentences = ["The evidence was reassessed.", f"Finding: {finding}."]
    if before and before != after:
        sentences[1] = f"Finding: {finding} (previously {label(FindingValue, before).lower()})."
    denied_before, denied = _before_and_after(context, "contested")
    if denied:
        sentences.append("The claim is still denied." if denied_before else "The claim is now denied.")
    elif denied_before:
        sentences.append("The claim is no longer denied.")
    if after in (FindingValue.VERIFIED, FindingValue.REFUTED):
        sentences.append("The finding takes effect when an editor signs it.")
    return f"New finding – {finding.lower()}", sentences


def _ended(context: EventContext, _: ZoneInfo) -> Text:
    how = str(_before_and_after(context, "ended")[1])
    sentence = _HOW_IT_ENDED.get(how, "a statement on this claim has ended")
    return f"Statement {how if how in _HOW_IT_ENDED else 'ended'}", [
        f"{actor_name(context)} recorded that {sentence}.",
        _BEING_REASSESSED,
    ]


def _reply_recorded(context: EventContext, _: ZoneInfo) -> Text:
    outcome = label(ReplyOutcome, _before_and_after(context, "outcome")[1]).lower()
    return f"Request for comment – {outcome}", [
        f"{actor_name(context)} recorded the outcome of a request for comment: {outcome}."
    ]


def _reply_expired(context: EventContext, zone: ZoneInfo) -> Text:
    deadline = context.row.deadline_at
    until = f" ({format_time(deadline, zone)})" if deadline else ""
    return "Reply deadline passed", [f"The reply deadline{until} has passed without a reply."]


def _reply_near(context: EventContext, zone: ZoneInfo) -> Text:
    deadline = context.row.deadline_at
    until = f" at {format_time(deadline, zone)}" if deadline else ""
    return "Reply deadline near", [
        f"The reply deadline passes{until}, and no reply is recorded.",
        "Record a reply that has arrived, or ask again.",
    ]


def _proposed(context: EventContext, _: ZoneInfo) -> Text:
    finding = label(FindingValue, context.data.get("finding")).lower()
    lead = f"{actor_name(context)} proposed this finding for sign-off."
    return f"Sign-off needed – {finding}", [
        lead,
        "An editor who did not write the story, collect the evidence or propose the finding must sign it.",
    ]


def _approved(context: EventContext, _: ZoneInfo) -> Text:
    finding = label(FindingValue, context.data.get("finding"))
    return f"Signed off as {finding.lower()}", [
        f"{actor_name(context)} signed this finding. It stands until the evidence changes."
    ]


def _signoff_voided(context: EventContext, _: ZoneInfo) -> Text:
    kind = kind_label(context, SignoffKind)
    finding = label(FindingValue, context.data.get("finding")).lower()
    return "Sign-off voided", [
        f"The evidence has changed, so the sign-off ({kind}: {finding}) is void. "
        "Review the claim and propose it again if it still holds."
    ]


_BEING_REASSESSED = "The claim and every story that uses it are being reassessed."
_HOW_IT_ENDED: dict[str, str] = {
    Ending.WITHDRAWN: "a source withdrew a statement on this claim",
    Ending.RETRACTED: "the publisher of a statement on this claim retracted it",
    Ending.CORRECTED: "a statement on this claim was corrected",
    Ending.SUPERSEDED: "a newer statement superseded one on this claim, because the facts have changed",
}
_COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    **source_messages.COMPOSERS,
    **account_messages.COMPOSERS,
    **restriction_messages.COMPOSERS,
    **task_messages.COMPOSERS,
    **remedy_messages.COMPOSERS,
    **repair_messages.COMPOSERS,
    **story_messages.COMPOSERS,
    **wire_item_messages.COMPOSERS,
    **import_messages.COMPOSERS,
    **comment_messages.COMPOSERS,
    **saved_search_messages.COMPOSERS,
    **operations_messages.COMPOSERS,
    Action.STORY_ASSIGN: _assigned,
    Action.STORY_SUBMIT: simple(
        "Ready to clear", "{who} submitted this story.", "An editor who did not write it must clear it."
    ),
    Action.STORY_CLEAR: simple(
        "Story cleared",
        "{who} cleared the copy.",
        "It can be published once it passes the gate. A copy editor confirms the conditions.",
    ),
    Action.STORY_PUBLISH: _published,
    Action.STORY_CORRECT: _corrected,
    Action.STORY_WITHHOLD: simple("Story withheld", "{who} took this story offline for now.", SEE_REASON),
    Action.STORY_RETRACT: simple("Story retracted", "{who} permanently retracted this story.", SEE_REASON),
    Action.STORY_SPIKE: simple("Story spiked", "{who} spiked this story; it will not run.", SEE_REASON),
    Action.STORY_OVERRIDE: _overridden,
    SystemEvent.STORY_CLEAR_FLAG: simple(
        "Correction no longer needed",
        "The evidence again supports this story as published. Nothing remains to be done.",
    ),
    SystemEvent.CORRECTION_REMIND: _correction_near,
    SystemEvent.CORRECTION_OVERDUE: _correction_overdue,
    Action.CLAIM_MERGE: simple(
        "Claims merged", "{who} merged a duplicate into this claim.", "The duplicate's evidence now counts here."
    ),
    Action.CLAIM_CARRY: simple(
        "Carried claims changed",
        "{who} changed which claims this utterance carries.",
        "Stories that use the utterance also use these claims. Check their gates.",
    ),
    Action.CLAIM_DROP: simple("Claim dropped", "{who} dropped this claim as not worth pursuing.", SEE_REASON),
    SystemEvent.CLAIM_ASSESS: _assessed,
    Action.STATEMENT_END: _ended,
    SystemEvent.EMBARGO_LIFT: simple("Embargo lifted", "A statement on this claim may now be used."),
    Action.SOURCE_MERGE: simple(
        "Sources merged",
        "{who} merged two source records for the same source. They now count as one voice.",
        "Every claim that relies on them is being reassessed.",
    ),
    Action.REPLY_ANSWER: _reply_recorded,
    SystemEvent.RECEIVED_ANSWER_RECEIVE: simple(
        "Answer received by email",
        "An email has arrived in answer to a request for comment. Nobody has verified who sent it.",
        "Read it in the newsroom, then record what it says or dismiss it.",
    ),
    SystemEvent.REPLY_REMIND: _reply_near,
    SystemEvent.REPLY_EXPIRE: _reply_expired,
    Action.SIGNOFF_PROPOSE: _proposed,
    Action.SIGNOFF_APPROVE: _approved,
    Action.SIGNOFF_REJECT: simple("Sign-off rejected", "{who} rejected the sign-off.", SEE_REASON),
    SystemEvent.SIGNOFF_VOID: _signoff_voided,
}


# --- Parts of a sentence ----------------------------------------------------------------------------------------------


def _join_names(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "nobody yet"


def _before_and_after(context: EventContext, name: str) -> tuple[object, object]:
    before, after = context.data.get(name) or (None, None)
    return before, after
