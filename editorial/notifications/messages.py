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
from editorial.notifications.subjects import Matter
from editorial.policy.access import Scope, Verb
from editorial.policy.audience import Occasion
from editorial.policy.publication import codes
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import Code, FindingValue, Outcome, RemedyKind, TaskKind, Term

_LONGEST_SUBJECT = 150
_LONGEST_QUOTE = 600
# Control characters, and those that turn the direction of writing around.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says."""

    subject: str
    body: str


def of(matter: Matter, zone: ZoneInfo) -> Words:
    """The notice of a matter, as much of it as its reader may see, with times in the reader's zone."""
    headed, sentences = _SAID[matter.event.verb](matter, zone)
    about = _about(matter)
    subject = one_line(f"{headed}: {about[0]}" if about else headed, _LONGEST_SUBJECT)
    quoted = [f"“{one_line(each, _LONGEST_QUOTE)}”" for each in about]
    return Words(subject, "\n\n".join([*quoted, " ".join(sentences)]))


def zone_of(person: User) -> ZoneInfo:
    """The person's time zone; UTC if what is stored is none."""
    try:
        return ZoneInfo(person.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A time as people read it, such as: 3 March 2026, 14:00 (Europe/London)."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({zone.key})"


def one_line(text: str, longest: int = 200) -> str:
    """The text on one line, cut at a word where it is too long."""
    text = " ".join(_UNPRINTABLE.sub(" ", text).split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–- ") + "…"


def _about(matter: Matter) -> list[str]:
    """What may be quoted: headlines and claims, never a source's name."""
    return [*(story.headline for story in matter.stories), *(claim.text for claim in matter.claims)]


# --- Verbs that tell more than that they happened ---------------------------------------------------------------------

_Said = tuple[str, list[str]]


def _plainly(headed: str, *sentences: str) -> Callable[[Matter, ZoneInfo], _Said]:
    """The beginning of the subject, and the sentences of the body, in which {who} did it."""

    def said(matter: Matter, _: ZoneInfo) -> _Said:
        return headed, [sentence.format(who=_who(matter)) for sentence in sentences]

    return said


def _assigned(matter: Matter, _: ZoneInfo) -> _Said:
    authors = [_name(link.user) for link in matter.row.author_links.select_related("user").order_by("id")]
    return "Assigned", [f"{_who(matter)} assigned this story. It is written by {_and(authors)}."]


def _scheduled(matter: Matter, zone: ZoneInfo) -> _Said:
    at = parse_datetime(str(matter.data.get("at", "")))
    return "Scheduled", [f"{_who(matter)} scheduled this story{f' for {moment(at, zone)}' if at else ''}."]


def _published(matter: Matter, _: ZoneInfo) -> _Said:
    return "Published", [f"{_who(matter)} published this story." if matter.event.actor else "It ran as scheduled."]


def _corrected(matter: Matter, _: ZoneInfo) -> _Said:
    printed = _word(RemedyKind, matter.data.get("remedy")).lower()
    return "Corrected", [f"{_who(matter)} printed this story anew and told readers what was changed ({printed})."]


def _overridden(matter: Matter, _: ZoneInfo) -> _Said:
    return "Gate overridden", [
        f"{_who(matter)} overrode {_word(Code, matter.data.get('code'))}: this story may run before a party has "
        "answered or its time is up.",
        _WHY,
    ]


def _flagged(matter: Matter, zone: ZoneInfo) -> _Said:
    owed = _word(RemedyKind, _after(matter, "remedy"))
    said = [f"Facts have changed since this story ran. It owes its readers: {owed.lower()}."]
    for correction in Correction.objects.filter(pk__in=[matter.data.get("correction")]):
        said += [correction.because, f"It is due by {moment(correction.due_at, zone)}."]
    if matter.data.get("withheld"):
        said.append("It is withheld until then.")
    return f"{owed} owed", said


def _refused(matter: Matter, _: ZoneInfo) -> _Said:
    held = [Code(code) for code in matter.data.get("codes", []) if code in set(Code)]
    # That a party who does not comment talks to us must not travel by mail.
    told = [codes.explain(code) for code in held if code is not Code.E_FALSE_DECLINE]
    lead = "Its time had come, but the gate did not let it pass, so it went back to the desk."
    return "Not published", [lead, *told, "All reasons are in the newsroom."]


def _correction_overdue(matter: Matter, _: ZoneInfo) -> _Said:
    owed = _word(RemedyKind, matter.data.get("remedy")).lower()
    return "Correction overdue", [f"Readers still wait for what this story owes them: {owed}."]


def _assessed(matter: Matter, _: ZoneInfo) -> _Said:
    before, after = _pair(matter, "finding")
    found = _word(FindingValue, after)
    said = ["The evidence was weighed anew.", f"Finding: {found}."]
    if before and before != after:
        said[1] = f"Finding: {found}; it was: {_word(FindingValue, before).lower()}."
    denied_before, denied = _pair(matter, "contested")
    if denied:
        said.append("It is denied." if denied_before else "It is denied now.")
    elif denied_before:
        said.append("Nobody denies it any more.")
    if after in (FindingValue.VERIFIED, FindingValue.REFUTED):
        said.append("That takes effect once it is signed.")
    return f"Found {found.lower()}", said


def _answered(matter: Matter, _: ZoneInfo) -> _Said:
    ended = _word(Outcome, _after(matter, "outcome")).lower()
    return f"Reply – {ended}", [f"{_who(matter)} noted how a request for a reply ended: {ended}."]


def _reply_expired(matter: Matter, zone: ZoneInfo) -> _Said:
    deadline = matter.row.deadline_at
    until = f", {moment(deadline, zone)}," if deadline else ""
    return "Deadline passed", [f"The deadline for a reply{until} has passed without an answer."]


def _proposed(matter: Matter, _: ZoneInfo) -> _Said:
    finding = _word(FindingValue, matter.data.get("finding")).lower()
    lead = f"{_who(matter)} proposes to sign this finding."
    return f"To sign as {finding}", [lead, "It takes an editor who neither wrote, gathered nor proposed it."]


def _approved(matter: Matter, _: ZoneInfo) -> _Said:
    finding = _word(FindingValue, matter.data.get("finding"))
    return finding, [f"{_who(matter)} signed this finding. It holds from now on, until the evidence changes."]


def _void(matter: Matter, _: ZoneInfo) -> _Said:
    kind = _word(SignoffKind, matter.data.get("kind")).lower()
    finding = _word(FindingValue, matter.data.get("finding")).lower()
    return "Signature void", [f"The evidence has changed, so the signature ({kind}: {finding}) no longer holds."]


def _task_given_back(matter: Matter, _: ZoneInfo) -> _Said:
    lead = f"Your time for a task ({_task(matter)}) ran out, and it went back to the queue."
    return "Task given back", [lead, "Take it again if you are still at it."]


def _task_overdue(matter: Matter, zone: ZoneInfo) -> _Said:
    return "Task overdue", [f"A task ({_task(matter)}) was due by {moment(matter.row.due_at, zone)}."]


def _died(matter: Matter, _: ZoneInfo) -> _Said:
    lead = f"A piece of work ({_work(matter)}) failed in every attempt and has been given up."
    owner = getattr(matter.row, "owner", None)
    return "Work given up", [lead, f"It is on the list of {_name(owner) if owner else 'nobody yet'}.", _SEE_TO_IT]


def _lies_too_long(matter: Matter, _: ZoneInfo) -> _Said:
    count = matter.data.get("letters") or 1
    return "Work still given up", [f"Given up for hours, and nobody has seen to it: {count}.", _SEE_TO_IT]


def _handed_over(matter: Matter, _: ZoneInfo) -> _Said:
    return "A dead letter is yours", [f"{_who(matter)} put work that was given up ({_work(matter)}) on your list."]


def _does_not_fit(matter: Matter, _: ZoneInfo) -> _Said:
    broken = one_line(str(matter.data.get("says", "")))
    lead = f"What is recorded does not fit together. This does not hold: {broken}"
    return "Something does not fit", [lead, "The newsroom cannot repair it by itself; docs/reconciliation.md helps."]


def _token_issued(matter: Matter, zone: ZoneInfo) -> _Said:
    scopes = ", ".join(scope for scope in matter.data.get("scopes", []) if scope in set(Scope))
    expires = parse_datetime(str(matter.data.get("expires_at", "")))
    until = f" It works until {moment(expires, zone)}." if expires else ""
    lead = f"{_who(matter)} issued a token by which a program acts in your name. It is good for: {scopes}.{until}"
    return "A token in your name", [lead, "If you know nothing of it, revoke it and ask your administrator."]


def _given_up(matter: Matter, _: ZoneInfo) -> _Said:
    desk = one_line(matter.row.desk.name)
    lead = f"An address that is told of the desk {desk} has said several times that it is gone, and is told no more."
    return "Webhook given up", [lead, "Once it is back, add it again; it gets a new secret then."]


_SEE_TO_IT = "Find out why it failed, then give it another round or set it aside."
_WHY = "The reason is in the newsroom."
_AGAIN = "The claim and every story that uses it are looked at again."
_SAID: dict[str, Callable[[Matter, ZoneInfo], _Said]] = {
    Verb.STORY_ASSIGN: _assigned,
    Verb.STORY_SUBMIT: _plainly(
        "To clear", "{who} handed this story in.", "An editor who did not write it has to clear it."
    ),
    Verb.STORY_CLEAR: _plainly(
        "Cleared",
        "{who} cleared the copy.",
        "It can run once the gate lets it pass; conditions are ticked off by a copy editor.",
    ),
    Verb.STORY_SCHEDULE: _scheduled,
    Verb.STORY_PUBLISH: _published,
    Verb.STORY_CORRECT: _corrected,
    Verb.STORY_WITHHOLD: _plainly("Withheld", "{who} took this story down for now.", _WHY),
    Verb.STORY_RETRACT: _plainly("Retracted", "{who} took this story back for good.", _WHY),
    Verb.STORY_SPIKE: _plainly("Spiked", "{who} gave this story up.", _WHY),
    Verb.STORY_OVERRIDE: _overridden,
    Occasion.STORY_FLAG: _flagged,
    Occasion.STORY_CLEAR_FLAG: _plainly(
        "Nothing owed any more", "The facts have changed back: this story stands as it was printed."
    ),
    Occasion.STORY_REFUSE: _refused,
    Occasion.ORIGINAL_CHANGE: _plainly(
        "Original changed",
        "The outlet has changed the item from which this story was drafted. The story was left as it is; the new "
        "version is archived beside the old one.",
    ),
    Occasion.CORRECTION_OVERDUE: _correction_overdue,
    Verb.CLAIM_MERGE: _plainly(
        "Merged", "{who} found that another claim says the same.", "Its evidence counts for this one now."
    ),
    Verb.CLAIM_DROP: _plainly("Dropped", "{who} dropped this claim as not worth pursuing.", _WHY),
    Occasion.CLAIM_ASSESS: _assessed,
    Verb.STATEMENT_WITHDRAW: _plainly(
        "Statement withdrawn", "{who} noted that a source took back what it had said on this claim.", _AGAIN
    ),
    Verb.STATEMENT_RETRACT: _plainly(
        "Statement retracted", "{who} noted that whoever published a statement on this claim retracted it.", _AGAIN
    ),
    Occasion.EMBARGO_LIFT: _plainly("Embargo over", "A statement on this claim may be used now."),
    Verb.SOURCE_UNMASK: _plainly("The vault was opened", "{who} looked up who an unnamed source is.", _WHY),
    Verb.SOURCE_MERGE: _plainly(
        "Two sources are one",
        "{who} found that two recorded sources are the same. They count as one voice from now on.",
        "Every claim that leans on them is looked at again.",
    ),
    Verb.REPLY_ANSWER: _answered,
    Occasion.REPLY_EXPIRE: _reply_expired,
    Verb.SIGNOFF_PROPOSE: _proposed,
    Verb.SIGNOFF_APPROVE: _approved,
    Verb.SIGNOFF_REJECT: _plainly("Not signed", "{who} turned the sign-off down.", _WHY),
    Occasion.SIGNOFF_VOID: _void,
    Occasion.REVIEW_EXPIRE: _task_given_back,
    Occasion.REVIEW_OVERDUE: _task_overdue,
    Verb.TOKEN_ISSUE: _token_issued,
    Occasion.WEBHOOK_GIVE_UP: _given_up,
    Verb.MESSAGE_ASSIGN: _handed_over,
    Occasion.MESSAGE_DIE: _died,
    Occasion.MESSAGE_OVERDUE: _lies_too_long,
    Occasion.DISCREPANCY_PAGE: _does_not_fit,
}


# --- Parts of a sentence --------------------------------------------------------------------------------------------


def _who(matter: Matter) -> str:
    return _name(matter.event.actor) if matter.event.actor else "The newsroom"


def _name(person: User) -> str:
    return one_line(person.get_full_name() or person.get_username())


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "nobody yet"


def _word(vocabulary: type[Term], value: object) -> str:
    """The word as people read it; where the event holds none of the vocabulary, that there is none."""
    return vocabulary(str(value)).label if value in set(vocabulary) else "None"


def _task(matter: Matter) -> str:
    return _word(TaskKind, matter.data.get("kind")).lower()


def _work(matter: Matter) -> str:
    return _word(MessageKind, matter.data.get("kind")).lower()


def _pair(matter: Matter, name: str) -> tuple[object, object]:
    before, after = matter.data.get(name) or (None, None)
    return before, after


def _after(matter: Matter, name: str) -> object:
    return _pair(matter, name)[1]
