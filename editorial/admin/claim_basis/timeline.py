"""A claim's timeline: statements, requests for comment, findings, signatures and publications, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from editorial.admin.claim_basis.view import StatementRow
from editorial.models import Assessment, PublishedUse, ReplyRequest, Signoff
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.evidence.speakers import Speakers


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What happened, when, and where to read more. `kind`: statement, reply, finding, signature or publication."""

    at: datetime
    kind: str
    text: str
    href: str = ""
    value: str = ""


def timeline_of(
    rows: Iterable[StatementRow],
    requests: Iterable[ReplyRequest],
    assessments: Sequence[Assessment],
    signoffs: Iterable[Signoff],
    publications: Iterable[PublishedUse],
    speakers: Speakers,
) -> list[TimelineEntry]:
    """Everything that the page has, by time. `assessments`: the newest first."""
    entries = [
        *_of_statements(rows),
        *_of_replies(requests, speakers),
        *_of_findings(assessments),
        *_of_signatures(signoffs),
        *_of_publications(publications),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _of_statements(rows: Iterable[StatementRow]) -> Iterator[TimelineEntry]:
    for row in rows:
        statement, href = row.statement, f"#s{row.number}"
        yield TimelineEntry(statement.recorded_at, "statement", row.label, href, statement.stance)
        if statement.ended and statement.ended_at:
            yield TimelineEntry(statement.ended_at, "statement", row.label, href, statement.ended.value)


def _of_replies(requests: Iterable[ReplyRequest], speakers: Speakers) -> Iterator[TimelineEntry]:
    for request in requests:
        name = speakers.label(request.to)
        is_waived = request.outcome == ReplyOutcome.WAIVED
        asked = f"{name} is not asked for comment" if is_waived else f"{name} was asked for comment"
        yield TimelineEntry(request.sent_at, "reply", asked, "#replies")
        if request.answered_at:
            yield TimelineEntry(request.answered_at, "reply", name, "#replies", request.outcome)


def _of_findings(assessments: Sequence[Assessment]) -> Iterator[TimelineEntry]:
    """The assessments that changed the finding."""
    for after, before in pairwise([*assessments, None]):
        if after is not None and after.finding and (before is None or after.finding != before.finding):
            text = "The finding changed" if before and before.finding else "The finding"
            yield TimelineEntry(after.assessed_at, "finding", text, "#assessments", after.finding)


def _of_signatures(signoffs: Iterable[Signoff]) -> Iterator[TimelineEntry]:
    for signoff in signoffs:
        label = f"{signoff.get_kind_display()}: “{signoff.get_finding_display().lower()}”"
        is_review = signoff.kind != SignoffKind.FINDING
        if not is_review:
            yield TimelineEntry(signoff.proposed_at, "signature", f"{label} proposed", "#signoffs")
        if decided_at := signoff.decided_at or (signoff.proposed_at if is_review else None):
            word = "rejected" if signoff.state == SignoffState.REJECTED else "signed"
            yield TimelineEntry(decided_at, "signature", f"{label} {word}", "#signoffs")
        if signoff.voided_at:
            yield TimelineEntry(signoff.voided_at, "signature", f"{label} became void", "#signoffs")


def _of_publications(publications: Iterable[PublishedUse]) -> Iterator[TimelineEntry]:
    for use in publications:
        yield TimelineEntry(use.published_at, "publication", str(use.story), "#stories", use.mode)
