"""The editorial vocabulary, as enums: the same values in facts, database, API and admin."""

from enum import StrEnum
from typing import Self


class ChoiceEnum(StrEnum):
    """A string enum whose members have labels for people. The default label of `no_response` is "No response"."""

    label: str
    rank: int
    """0 for the first member."""

    def __new__(cls, value: str, label: str = "") -> Self:
        """A member with a label of its own."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.rank = len(cls.__members__)
        member.label = label or value.replace("_", " ").capitalize()
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of value and label, in order, as Django's `choices`."""
        return [(member.value, member.label) for member in cls]


class SearchedType(ChoiceEnum):
    """The types of object that search covers."""

    STORY = "story"
    CLAIM = "claim"
    STATEMENT = "statement"
    SOURCE = "source"
    EXHIBIT = "exhibit", "Archived copy"


class ClaimKind(ChoiceEnum):
    """The kind of a claim. "S said P" is an utterance, "P" itself is content."""

    CONTENT = "content"
    UTTERANCE = "utterance"
    OPINION = "opinion"
    FORECAST = "forecast"

    @property
    def is_judgement(self) -> bool:
        """Opinions and forecasts are judgements: evidence cannot settle them, so they have no finding."""
        return self in (ClaimKind.OPINION, ClaimKind.FORECAST)


class RestrictionKind(ChoiceEnum):
    """Why a claim may not be published, whether or not it is true."""

    COURT = "court", "Court order"
    NEXT_OF_KIN = "next_of_kin", "Next of kin not notified"
    MINOR = "minor", "Identifies a minor"
    PRIVACY = "privacy", "Privacy"
    SAFETY = "safety", "Safety"


class Risk(ChoiceEnum):
    """How much harm an error does, from least to most. A compound takes the highest of its own and its parts'."""

    ROUTINE = "routine"
    CONTENTIOUS = "contentious"
    SERIOUS = "serious"


class SourceType(ChoiceEnum):
    """The type of a source."""

    PERSON = "person"
    ORGANIZATION = "organization"
    DOCUMENT = "document"
    OUTLET = "outlet"
    OBSERVATION = "observation"


class Reliability(ChoiceEnum):
    """The Admiralty code for a source: A is completely reliable, E unreliable, F cannot be judged."""

    A = "A", "A – completely reliable"
    B = "B", "B – usually reliable"
    C = "C", "C – fairly reliable"
    D = "D", "D – not usually reliable"
    E = "E", "E – unreliable"
    F = "F", "F – cannot be judged"


class Authenticity(ChoiceEnum):
    """What checking a document or an observation has shown. `synthetic`: made by a machine."""

    UNKNOWN = "unknown"
    GENUINE = "genuine"
    ALTERED = "altered"
    FORGED = "forged"
    SATIRE = "satire"
    SYNTHETIC = "synthetic"


class BenefitsIf(ChoiceEnum):
    """When a source benefits: if the claim is believed, if it is disbelieved, or in neither case."""

    BELIEVED = "believed", "Benefits if the claim is believed"
    DISBELIEVED = "disbelieved", "Benefits if the claim is disbelieved"
    NEITHER = "neither", "Benefits in neither case"


class Stance(ChoiceEnum):
    """What a statement says about its claim. Only `affirms` and `denies` count."""

    AFFIRMS = "affirms"
    DENIES = "denies"
    UNAWARE = "unaware", "Is unaware"
    CANNOT_CONFIRM = "cannot_confirm", "Cannot confirm"
    DECLINES = "declines", "Declines to comment"
    QUALIFIES = "qualifies", "Qualifies"

    @property
    def opposite(self) -> "Stance | None":
        """The stance that contradicts this one; None for a stance that does not count."""
        if self is Stance.AFFIRMS:
            return Stance.DENIES
        return Stance.AFFIRMS if self is Stance.DENIES else None


class Directness(ChoiceEnum):
    """How a source knows: it was there, heard it from somebody, or repeats a publication."""

    FIRST_HAND = "first_hand", "First-hand"
    SECOND_HAND = "second_hand", "Second-hand"
    RELAYED = "relayed"


class Terms(ChoiceEnum):
    """The terms under which a statement may be used."""

    ON_RECORD = "on_record", "On the record"
    BACKGROUND = "background", "On background"
    DEEP_BACKGROUND = "deep_background", "On deep background"
    OFF_RECORD = "off_record", "Off the record"


def default_terms(*, unnamed: bool) -> Terms:
    """The default terms: background for an unnamed source, else on the record."""
    return Terms.BACKGROUND if unnamed else Terms.ON_RECORD


class ObtainedBy(ChoiceEnum):
    """Who collected the statement: our own staff, or others."""

    US = "us", "Collected by us"
    EXTERNAL = "external", "Collected by others"


class Ending(ChoiceEnum):
    """How a statement ended. `superseded`: a newer statement replaced it because the facts have changed."""

    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"


class Inducement(ChoiceEnum):
    """Whether the source was paid or coerced."""

    PAID = "paid"
    COERCED = "coerced"


class Translation(ChoiceEnum):
    """Who translated the statement."""

    HUMAN = "human"
    MACHINE = "machine"


class ReplyOutcome(ChoiceEnum):
    """The outcome of a request for comment, or pending."""

    PENDING = "pending"
    REPLIED = "replied"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    UNREACHABLE = "unreachable"
    WAIVED = "waived"


class ReceivedAnswerState(ChoiceEnum):
    """What became of an answer that arrived by email: it waits, was recorded as a response, or was dismissed."""

    WAITING = "waiting"
    RECORDED = "recorded"
    DISMISSED = "dismissed"


class EmailedCommentState(ChoiceEnum):
    """What became of a comment that arrived by email: it waits, was confirmed, or was dismissed."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class MailboxKind(ChoiceEnum):
    """Where incoming email is collected."""

    MAILDIR = "maildir"
    IMAP = "imap", "IMAP"


class Mode(ChoiceEnum):
    """How a story uses a claim."""

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    DEBUNK = "debunk"
    OMITTED = "omitted"


class FindingValue(ChoiceEnum):
    """What the evidence supports, from worst to best. A compound takes its worst part's."""

    REFUTED = "refuted"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    UNVERIFIABLE = "unverifiable"
    UNVERIFIED = "unverified"
    UNDER_INVESTIGATION = "under_investigation"
    VERIFIED = "verified"

    @property
    def in_progress(self) -> bool:
        """Whether the evidence decides nothing yet. Such findings differ only in the progress of the review."""
        return self in (FindingValue.UNVERIFIABLE, FindingValue.UNVERIFIED, FindingValue.UNDER_INVESTIGATION)


class Basis(ChoiceEnum):
    """What a verified claim rests on. Each of the first three settles it alone."""

    RECORD = "record"
    OBSERVATION = "observation"
    ADMISSION = "admission"
    CORROBORATION = "corroboration"


class Join(ChoiceEnum):
    """Why two statements are one voice. J2, one root, never appears, as it implies J1."""

    J1 = "J1", "J1 – one identity"
    J2 = "J2", "J2 – one root"
    J3 = "J3", "J3 – one briefing"
    J4 = "J4", "J4 – one principal"
    J5 = "J5", "J5 – a document and its makers"
    J6 = "J6", "J6 – one owner"
    J7 = "J7", "J7 – one employer"
    J8 = "J8", "J8 – one camp"


class Requirement(ChoiceEnum):
    """What a policy row counts, in the order in which missing requirements are listed."""

    GROUPS = "groups"
    FIRST_HAND = "first_hand", "First-hand"
    NAMED = "named"
    DISINTERESTED = "disinterested"
    RATED = "rated"


class TaskQueue(ChoiceEnum):
    """The two queues of review work."""

    INVESTIGATE = "investigate"
    CORROBORATE = "corroborate"


class TaskKind(ChoiceEnum):
    """What a review task asks for."""

    TRACE_ROOT = "TRACE_ROOT"
    SEEK_FIRST_HAND = "SEEK_FIRST_HAND"
    AUTHENTICATE = "AUTHENTICATE"
    ARCHIVE = "ARCHIVE"
    ASSESS_SOURCE = "ASSESS_SOURCE"
    IDENTIFY_SOURCE = "IDENTIFY_SOURCE"
    SPLIT_CLAIM = "SPLIT_CLAIM"
    RESOLVE_BOTH_WAYS = "RESOLVE_BOTH_WAYS"
    CHECK_TRANSLATION = "CHECK_TRANSLATION"
    RETAKE_STATEMENT = "RETAKE_STATEMENT"
    SEEK_INDEPENDENT = "SEEK_INDEPENDENT"
    SEEK_NAMED = "SEEK_NAMED"
    SEEK_DISINTERESTED = "SEEK_DISINTERESTED"
    SEND_REPLY_REQUEST = "SEND_REPLY_REQUEST"
    AWAIT_REPLY = "AWAIT_REPLY"
    RESOLVE_DENIAL = "RESOLVE_DENIAL"
    SECOND_REVIEW = "SECOND_REVIEW"
    STANDARDS_READ = "STANDARDS_READ"
    LEGAL_READ = "LEGAL_READ"

    @property
    def queue(self) -> TaskQueue:
        """The queue of this kind: the kinds up to RETAKE_STATEMENT investigate, the others corroborate."""
        investigating = self.rank <= TaskKind.RETAKE_STATEMENT.rank
        return TaskQueue.INVESTIGATE if investigating else TaskQueue.CORROBORATE


class TaskState(ChoiceEnum):
    """The state of a review task. It ends as found or exhausted; closed means no longer needed."""

    OPEN = "open"
    TAKEN = "taken"
    FOUND = "found"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"


class ReviewProgress(ChoiceEnum):
    """The combined state of a claim's review tasks."""

    NONE = "none"
    OPEN = "open"
    EXHAUSTED = "exhausted"


class Gate(ChoiceEnum):
    """Whether a story may run, from least to most strict."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    CONDITIONAL = "conditional"
    HOLD = "hold"
    BLOCK = "block"


class RemedyKind(ChoiceEnum):
    """What a published story owes its readers, from least to most."""

    NONE = "none"
    UPDATE = "update"
    EDITORS_NOTE = "editors_note", "Editor's note"
    CORRECTION = "correction"
    RETRACTION = "retraction"


class Code(ChoiceEnum):
    """A reason given by the gate. The gate's response explains each one and says what to do."""

    E_RESTRICTED = "E_RESTRICTED"
    E_EMBARGO = "E_EMBARGO"
    E_LEVEL = "E_LEVEL"
    E_IDENTITY_UNKNOWN = "E_IDENTITY_UNKNOWN"
    E_REFUTED = "E_REFUTED"
    E_WITHDRAWN = "E_WITHDRAWN"
    E_FALSE_DECLINE = "E_FALSE_DECLINE"
    E_FOUR_EYES = "E_FOUR_EYES"
    E_SUPERSEDED = "E_SUPERSEDED"
    E_ASSERTED_UNVERIFIED = "E_ASSERTED_UNVERIFIED"
    E_ANON_OPINION = "E_ANON_OPINION"
    E_DEBUNK_NOT_REFUTED = "E_DEBUNK_NOT_REFUTED"
    E_NO_ORIGIN = "E_NO_ORIGIN"
    E_SOURCE_COUNT = "E_SOURCE_COUNT"
    E_REPLY_NOT_SENT = "E_REPLY_NOT_SENT"
    E_REPLY_PENDING = "E_REPLY_PENDING"
    E_REPLY_WINDOW = "E_REPLY_WINDOW"
    E_LEGAL = "E_LEGAL"
    E_SIGNOFF = "E_SIGNOFF"
    C_ATTRIBUTE = "C_ATTRIBUTE"
    C_NOT_VERIFIED = "C_NOT_VERIFIED"
    C_INCLUDE_DENIAL = "C_INCLUDE_DENIAL"
    C_LEAD_WITH_FACT = "C_LEAD_WITH_FACT"
    C_CONTEXT = "C_CONTEXT"
    C_ANON_EXPLAIN = "C_ANON_EXPLAIN"
    C_SAME_ORIGIN = "C_SAME_ORIGIN"
    C_DISCLOSE = "C_DISCLOSE"
    C_REPLY_OUTCOME = "C_REPLY_OUTCOME"

    @property
    def gate(self) -> Gate:
        """The gate that this code alone would set."""
        if self.value.startswith("C_"):
            return Gate.CONDITIONAL
        blocks = self.rank <= Code.E_FALSE_DECLINE.rank
        return Gate.BLOCK if blocks else Gate.HOLD

    @property
    def overridable(self) -> bool:
        """Whether a senior editor may override it, with a reason, logged (Verification, section 5)."""
        return self in (Code.E_REPLY_PENDING, Code.E_REPLY_WINDOW)


LABELS = {
    str(member): member.label
    for words in ChoiceEnum.__subclasses__()
    for member in words
    if member.label != member.value.replace("_", " ").capitalize()
}
"""Value → label, of all values whose label says more than the value."""
