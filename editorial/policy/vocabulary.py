"""The terms of the trade, as closed lists: the same words in facts, database, API and admin."""

from enum import StrEnum


class ChoiceEnum(StrEnum):
    """A closed list of words; each member knows the label that people read."""

    @property
    def label(self) -> str:
        """The word as people read it, for instance "First hand"."""
        return LABELS.get(self, self.value.replace("_", " ").capitalize())

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of stored value and label, in the order of the list."""
        return [(member.value, member.label) for member in cls]


class ClaimKind(ChoiceEnum):
    """What sort of proposition a claim is. "S said P" is an utterance, "P" itself is content."""

    CONTENT = "content"
    UTTERANCE = "utterance"
    OPINION = "opinion"


class Risk(ChoiceEnum):
    """How much harm it does to be wrong; from the least to the most."""

    ROUTINE = "routine"
    CONTENTIOUS = "contentious"
    SERIOUS = "serious"

    @property
    def rank(self) -> int:
        """0 for the least risk; a compound takes the highest of its own and its parts'."""
        return list(Risk).index(self)


class SourceType(ChoiceEnum):
    """What a source is."""

    PERSON = "person"
    ORGANIZATION = "organization"
    DOCUMENT = "document"
    OUTLET = "outlet"
    OBSERVATION = "observation"


class Reliability(ChoiceEnum):
    """The Admiralty code for a source: A is completely reliable, E unreliable, F cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class BenefitsIf(ChoiceEnum):
    """When a source profits: if the claim is believed, if it is disbelieved, or in neither case."""

    BELIEVED = "believed"
    DISBELIEVED = "disbelieved"
    NEITHER = "neither"


class Stance(ChoiceEnum):
    """What a statement does to its claim. Only `affirms` and `denies` weigh."""

    AFFIRMS = "affirms"
    DENIES = "denies"
    UNAWARE = "unaware"
    CANNOT_CONFIRM = "cannot_confirm"
    DECLINES = "declines"
    QUALIFIES = "qualifies"

    @property
    def opposite(self) -> "Stance | None":
        """The stance that contradicts this one; None for a stance that does not weigh."""
        return {Stance.AFFIRMS: Stance.DENIES, Stance.DENIES: Stance.AFFIRMS}.get(self)


class Directness(ChoiceEnum):
    """How a speaker knows: was there, was told, or passes on what was published."""

    FIRST_HAND = "first_hand"
    SECOND_HAND = "second_hand"
    RELAYED = "relayed"


class Terms(ChoiceEnum):
    """Under what terms the words may be used."""

    ON_RECORD = "on_record"
    BACKGROUND = "background"
    DEEP_BACKGROUND = "deep_background"
    OFF_RECORD = "off_record"


class ObtainedBy(ChoiceEnum):
    """Who heard it: our own people, or somebody else."""

    US = "us"
    EXTERNAL = "external"


class ReplyOutcome(ChoiceEnum):
    """How a request for a reply ended, or that it has not."""

    PENDING = "pending"
    REPLIED = "replied"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    UNREACHABLE = "unreachable"
    WAIVED = "waived"


class Mode(ChoiceEnum):
    """How a story uses a claim."""

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    DEBUNK = "debunk"
    OMITTED = "omitted"


class FindingValue(ChoiceEnum):
    """What the evidence supports, from the worst to the best: a compound takes its worst part's."""

    REFUTED = "refuted"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"
    UNVERIFIABLE = "unverifiable"
    UNVERIFIED = "unverified"
    UNDER_INVESTIGATION = "under_investigation"
    VERIFIED = "verified"


class Basis(ChoiceEnum):
    """On what a verified claim stands; the first three settle it alone."""

    RECORD = "record"
    OBSERVATION = "observation"
    ADMISSION = "admission"
    CORROBORATION = "corroboration"


class Join(ChoiceEnum):
    """Why two statements are one voice. J2, the same root, never shows: J1 follows from it."""

    J1 = "J1"
    J2 = "J2"
    J3 = "J3"
    J4 = "J4"
    J5 = "J5"
    J6 = "J6"
    J7 = "J7"
    J8 = "J8"


class Requirement(ChoiceEnum):
    """What a policy row counts, in the order in which what is missing is told."""

    GROUPS = "groups"
    FIRST_HAND = "first_hand"
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
        """Where such a task waits: the first eight kinds investigate, the rest corroborate."""
        investigating = list(TaskKind).index(self) <= list(TaskKind).index(TaskKind.RESOLVE_BOTH_WAYS)
        return TaskQueue.INVESTIGATE if investigating else TaskQueue.CORROBORATE


class TaskState(ChoiceEnum):
    """Where a review task is. Found and exhausted are its two ends; closed means no longer needed."""

    OPEN = "open"
    TAKEN = "taken"
    FOUND = "found"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"


class ReviewProgress(ChoiceEnum):
    """What a claim's review tasks amount to, taken together."""

    NONE = "none"
    OPEN = "open"
    EXHAUSTED = "exhausted"


class Gate(ChoiceEnum):
    """May it run? From the laxest to the strictest."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    CONDITIONAL = "conditional"
    HOLD = "hold"
    BLOCK = "block"


class RemedyKind(ChoiceEnum):
    """What a published story owes its readers, from the least to the most."""

    NONE = "none"
    UPDATE = "update"
    EDITORS_NOTE = "editors_note"
    CORRECTION = "correction"
    RETRACTION = "retraction"


class Code(ChoiceEnum):
    """What the gate objects to. `editorial.policy.publication.codes` tells what each means and what to do."""

    E_EMBARGO = "E_EMBARGO"
    E_LEVEL = "E_LEVEL"
    E_IDENTITY_UNKNOWN = "E_IDENTITY_UNKNOWN"
    E_REFUTED = "E_REFUTED"
    E_WITHDRAWN = "E_WITHDRAWN"
    E_FALSE_DECLINE = "E_FALSE_DECLINE"
    E_FOUR_EYES = "E_FOUR_EYES"
    E_ASSERTED_UNVERIFIED = "E_ASSERTED_UNVERIFIED"
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
    C_ANON_EXPLAIN = "C_ANON_EXPLAIN"
    C_SAME_ORIGIN = "C_SAME_ORIGIN"
    C_REPLY_OUTCOME = "C_REPLY_OUTCOME"

    @property
    def gate(self) -> Gate:
        """The gate that this code alone would set."""
        if self.value.startswith("C_"):
            return Gate.CONDITIONAL
        blocks = list(Code).index(self) <= list(Code).index(Code.E_FOUR_EYES)
        return Gate.BLOCK if blocks else Gate.HOLD

    @property
    def overridable(self) -> bool:
        """Whether a senior editor may override it, with a reason, logged (Verification, section 5)."""
        return self in (Code.E_REPLY_PENDING, Code.E_REPLY_WINDOW)


LABELS: dict[str, str] = {
    BenefitsIf.BELIEVED: "Benefits if the claim is believed",
    BenefitsIf.DISBELIEVED: "Benefits if the claim is disbelieved",
    BenefitsIf.NEITHER: "Benefits in neither case",
    Stance.UNAWARE: "Is unaware of it",
    Stance.CANNOT_CONFIRM: "Cannot confirm it",
    Stance.DECLINES: "Declines to comment",
    Stance.QUALIFIES: "Qualifies it (split the claim)",
    Terms.ON_RECORD: "On the record",
    Terms.BACKGROUND: "On background",
    Terms.DEEP_BACKGROUND: "On deep background",
    Terms.OFF_RECORD: "Off the record",
    ObtainedBy.US: "Collected by us",
    ObtainedBy.EXTERNAL: "Collected by others",
    Reliability.A: "A – completely reliable",
    Reliability.B: "B – usually reliable",
    Reliability.C: "C – fairly reliable",
    Reliability.D: "D – not usually reliable",
    Reliability.E: "E – unreliable",
    Reliability.F: "F – cannot be judged",
    Join.J1: "J1 – one identity",
    Join.J2: "J2 – one root",
    Join.J3: "J3 – one briefing",
    Join.J4: "J4 – one principal",
    Join.J5: "J5 – a document and its makers",
    Join.J6: "J6 – one owner",
    Join.J7: "J7 – one employer",
    Join.J8: "J8 – one camp",
    RemedyKind.EDITORS_NOTE: "Editor's note",
}
