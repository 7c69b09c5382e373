"""What the claim page shows: the finding and what it rests on, voice by voice, and what is still to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.admin.evidence import why_not_counted
from editorial.admin.framework import labels
from editorial.admin.framework.action_buttons import Offer
from editorial.models import Assessment, Claim, ReplyRequest, Source, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.facts import CaseFacts
from editorial.policy.publication import codes, replies
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.thresholds import Policy
from editorial.policy.vocabulary import Code, Directness

_MANY = 4  # from how many on those who repeat one statement are folded into one line
_LISTED = 8  # how many members of a group are named before “and so many more”
_EXPLAINED = 4  # and how many of its joins are told


@dataclass(slots=True)
class Voice:
    """A statement as the page shows it. `number` is how groups and joins on this page refer to it."""

    number: int
    row: Statement
    why_not: list[str]
    interested: bool
    live: bool
    source_open: bool
    repeats: list[Voice] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether the engine counts it."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that are one voice together, and why, sentence by sentence."""

    voices: list[Voice]
    joins: list[str]

    @property
    def listed(self) -> list[Voice]:
        """Those who are named."""
        return self.voices[:_LISTED]

    @property
    def unlisted(self) -> int:
        """How many more there are."""
        return len(self.voices) - len(self.listed)

    @property
    def explained(self) -> list[str]:
        """The joins that are told."""
        return self.joins[:_EXPLAINED]

    @property
    def unexplained(self) -> int:
        """How many more joins there are."""
        return len(self.joins) - len(self.explained)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody owed a reply, and how it stands."""

    source: Source
    code: Code | None
    asked: list[ReplyRequest]

    @property
    def says(self) -> str:
        """How it stands, in words."""
        if self.code is None:
            return "Waived, with a reason." if self.asked else "No reply is owed at this risk."
        return {
            Code.E_REPLY_NOT_SENT: "Owed a reply, and not asked.",
            Code.E_REPLY_PENDING: "Asked; there is still time to answer.",
            Code.E_REPLY_WINDOW: "Asked with too little time, and no reason given.",
            Code.C_REPLY_OUTCOME: "Asked; the copy has to say what came of it.",
        }.get(self.code, codes.explain(self.code))

    @property
    def unasked(self) -> bool:
        """Whether somebody has to ask."""
        return self.code in (Code.E_REPLY_NOT_SENT, Code.E_REPLY_WINDOW)


@dataclass(frozen=True, slots=True)
class Chorus:
    """Everybody who merely repeats one statement: many voices, and nothing that the one did not say."""

    origin: Voice
    voices: list[Voice]


class Evidenced:
    """Everything recorded on a claim or its parts, with what the engine makes of it."""

    def __init__(self, claim: Claim, case: CaseFacts, policy: Policy, actor: ActorFacts) -> None:
        self.claim, self.case, self.policy = claim, case, policy
        members = case.members(str(claim.pk))
        self.evidence = {member: Evidence(case, member) for member in members}
        rows = Statement.objects.filter(claim__in=[UUID(member) for member in members]).select_related(
            "source", "informant", "exhibit", "briefing"
        )
        statements = list(rows.prefetch_related("relays"))
        self.open = self._open_sources(actor)
        self.voices = {str(row.pk): self._voice(number, row) for number, row in enumerate(statements, 1)}
        for voice in self.voices.values():
            voice.repeats = [
                self.voices[str(relay.origin_id)]
                for relay in voice.row.relays.all()
                if str(relay.origin_id) in self.voices
            ]

    def solo(self) -> list[Voice]:
        """The statements to be read one by one."""
        folded = {voice.number for chorus in self.choruses() for voice in chorus.voices}
        return [voice for voice in self.voices.values() if voice.number not in folded]

    def choruses(self) -> list[Chorus]:
        """Where many repeat one: those who repeat it and nothing else, and whom nobody repeats."""
        repeated = {origin.number for voice in self.voices.values() for origin in voice.repeats}
        found: dict[int, Chorus] = {}
        for voice in self.voices.values():
            if len(voice.repeats) == 1 and voice.number not in repeated and voice.row.direct == Directness.RELAYED:
                origin = voice.repeats[0]
                found.setdefault(origin.number, Chorus(origin, [])).voices.append(voice)
        return [chorus for chorus in found.values() if len(chorus.voices) >= _MANY]

    def side(self, assessment: Assessment | None, name: str) -> list[Group]:
        """The groups of one side of an assessment: independent, against or origins."""
        groups = assessment.groups.get(name, []) if assessment else []
        return [self._group(group) for group in groups]

    def hangs_on(self, assessment: Assessment | None) -> list[str]:
        """Who must not fall, by display name."""
        keys = set(assessment.hangs_on) if assessment else set()
        known: dict[str, set[str]] = {}
        for source in self.case.sources:
            known.setdefault(self.case.identity(source), set()).add(source)
        names = {str(source.pk): source.name for source in self._sources.values()}
        return sorted(
            {" / ".join(sorted(names[one] for one in known.get(key, ()) if one in names)) for key in keys} - {""}
        )

    def parties(self) -> list[Party]:
        """Everybody whom the claim accuses, and what was put to them."""
        owed = replies.owed(self.case, str(self.claim.pk), self.policy)
        requests = list(
            ReplyRequest.objects.filter(covers=self.claim).select_related("to", "sent_by").prefetch_related("covers")
        )
        return [
            Party(
                source=source,
                code=owed.get(str(source.pk)),
                asked=[one for one in requests if one.to_id == source.pk or one.to.speaks_for_id == source.pk],
            )
            for source in self.claim.adverse_to.order_by("name")
        ]

    def _open_sources(self, actor: ActorFacts) -> set[UUID]:
        """The sources whose own page this person may open."""
        self._sources: Mapping[UUID, Source] = Source.objects.in_bulk([UUID(key) for key in self.case.sources])
        visible: Any = Source.objects.all()
        return set(visible.visible_to(actor).filter(pk__in=list(self._sources)).values_list("pk", flat=True))

    def _voice(self, number: int, row: Statement) -> Voice:
        evidence, key = self.evidence[str(row.claim_id)], str(row.pk)
        return Voice(
            number=number,
            row=row,
            why_not=why_not_counted.reasons(evidence, key),
            interested=key in evidence.interested,
            live=key in evidence.live,
            source_open=row.source_id in self.open,
        )

    def _group(self, group: Mapping[str, Any]) -> Group:
        voices = [self.voices[key] for key in group.get("statements", []) if key in self.voices]
        joins = [self._join(join) for join in group.get("joins", []) if set(join["between"]) <= set(self.voices)]
        return Group(voices, joins)

    def _join(self, join: Mapping[str, Any]) -> str:
        one, other = (self.voices[key] for key in join["between"])
        by = str(join["by"])
        if one.row.source_id == other.row.source_id:
            return f"{one.number} and {other.number}: {one.row.source} speaks in both ({by})"
        first, second = f"{one.row.source} ({one.number})", f"{other.row.source} ({other.number})"
        return f"{first} and {second} {labels.joined(by)} ({by})"


def lacking(assessment: Assessment | None) -> list[str]:
    """What the nearest way of meeting the threshold still lacks, as sentences."""
    return [labels.missing(one) for one in (assessment.missing if assessment else [])]


def freshness(assessment: Assessment | None, waiting: bool, now: datetime) -> str:
    """How far the finding can be trusted to be of this moment."""
    if assessment is None:
        return "Not assessed yet; that follows within seconds."
    when = labels.ago(assessment.assessed_at, now)
    return (
        f"Being assessed anew just now; this is from {when}."
        if waiting
        else f"Assessed {when}, and nothing has changed since."
    )
