"""The editorial vocabulary, as enums: the same values in facts, database, API and admin."""

from enum import StrEnum


class ChoiceEnum(StrEnum):
    """A string enum whose members have labels."""

    @property
    def label(self) -> str:
        """The label for people, for instance "First hand"."""
        return LABELS.get(self, self.value.replace("_", " ").capitalize())

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs of value and label, in order, as Django's `choices`."""
        return [(member.value, member.label) for member in cls]


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

    COURT = "court"
    NEXT_OF_KIN = "next_of_kin"
    MINOR = "minor"
    PRIVACY = "privacy"
    SAFETY = "safety"


class Risk(ChoiceEnum):
    """How much harm an error does, from least to most."""

    ROUTINE = "routine"
    CONTENTIOUS = "contentious"
    SERIOUS = "serious"

    @property
    def rank(self) -> int:
        """0 for the least risk. A compound takes the highest of its own and its members'."""
        return list(Risk).index(self)


class SourceType(ChoiceEnum):
    """The type of a source."""

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

    BELIEVED = "believed"
    DISBELIEVED = "disbelieved"
    NEITHER = "neither"


class Stance(ChoiceEnum):
    """What a statement says about its claim. Only `affirms` and `denies` count."""

    AFFIRMS = "affirms"
    DENIES = "denies"
    UNAWARE = "unaware"
    CANNOT_CONFIRM = "cannot_confirm"
    DECLINES = "declines"
    QUALIFIES = "qualifies"

    @property
    def opposite(self) -> "Stance | None":
        """The stance that contradicts this one; None for a stance that does not count."""
        return {Stance.AFFIRMS: Stance.DENIES, Stance.DENIES: Stance.AFFIRMS}.get(self)


class Directness(ChoiceEnum):
    """How a source knows: it was there, heard it from somebody, or repeats a publication."""

    FIRST_HAND = "first_hand"
    SECOND_HAND = "second_hand"
    RELAYED = "relayed"


class Terms(ChoiceEnum):
    """The terms under which a statement may be used."""

    ON_RECORD = "on_record"
    BACKGROUND = "background"
    DEEP_BACKGROUND = "deep_background"
    OFF_RECORD = "off_record"


class ObtainedBy(ChoiceEnum):
    """Who collected the statement: our own staff, or others."""

    US = "us"
    EXTERNAL = "external"


class Ending(ChoiceEnum):
    """How a statement ended. `superseded`: newer words replaced it because the facts have changed since."""

    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    SUPERSEDED = "superseded"


class Inducement(ChoiceEnum):
    """What made the source speak, if it was not free will alone."""

    PAID = "paid"
    COERCED = "coerced"


class Translation(ChoiceEnum):
    """Who translated the words of a statement."""

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


class Mode(ChoiceEnum):
    """How a story uses a claim."""

    ASSERTED = "asserted"
    ATTRIBUTED = "attributed"
    DEBUNK = "debunk"
    OMITTED = "omitted"


class FindingValue(ChoiceEnum):
    """What the evidence supports, from worst to best. A compound takes its worst member's."""

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

    J1 = "J1"
    J2 = "J2"
    J3 = "J3"
    J4 = "J4"
    J5 = "J5"
    J6 = "J6"
    J7 = "J7"
    J8 = "J8"


class Requirement(ChoiceEnum):
    """What a policy row counts, in the order in which missing requirements are listed."""

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
        investigating = list(TaskKind).index(self) <= list(TaskKind).index(TaskKind.RETAKE_STATEMENT)
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
    EDITORS_NOTE = "editors_note"
    CORRECTION = "correction"
    RETRACTION = "retraction"


class Code(ChoiceEnum):
    """A reason of the gate. `editorial.policy.publication.codes` explains each one and what to do."""

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
        blocks = list(Code).index(self) <= list(Code).index(Code.E_FALSE_DECLINE)
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
