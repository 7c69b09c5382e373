"""What a reassessment compares the facts about claims with: policy, last assessments, signatures, and their stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from editorial.models import Assessment, Claim, Signoff
from editorial.models.evidence import case_rows
from editorial.models.evidence.case_rows import Rows
from editorial.models.json_rows import from_json
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.facts import CaseFacts
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.evidence import facts, story_writers
from editorial.workflow.evidence.facts import LoadedCase
from editorial.workflow.evidence.signatures import Signatures
from editorial.workflow.review import policies


class ReassessmentInputs:
    """Locked claims with all that a reassessment of them reads, in one statement. Kept current while they change."""

    def __init__(self, claim_ids: Iterable[UUID], *, now: datetime) -> None:
        rows = case_rows.read_for_reassessment(claim_ids, now=now)
        self.loaded = facts.from_rows(rows, now=now)
        self.policy_id, self.policy = policies.from_rows(rows["policies"])
        self.signoffs = tuple(map(from_json(Signoff), rows["signoffs"]))
        """Those that are proposed or in effect."""
        self.last = {each.claim_id: each for each in map(from_json(Assessment), rows["assessments"])}
        """The last assessment of each claim, without its groups."""
        self._uses = _Uses(rows)
        self._progress = dict(self.loaded.facts.tasks)

    def stories(self, claim: UUID) -> dict[str, StoryStatus]:
        """The stories that use the claim or one that contains it, in their draft or as published, with their status."""
        used = (use for container in self._uses.containers[str(claim)] for use in self._uses.by_claim[container])
        return {use["id"]: StoryStatus(use["status"]) for use in used}

    def signatures(self, case: CaseFacts) -> Signatures:
        """The signatures of a case of one of the claims."""
        return Signatures(
            case=case,
            live=tuple(signoff for signoff in self.signoffs if str(signoff.claim_id) in case.claims),
            collectors=self.loaded.collectors,
            authors={claim: self._uses.authors(claim) for claim in case.claims},
        )

    def case(self, claim: str) -> CaseFacts:
        """The case of this claim alone, as if only its facts had been read."""
        return self._with_progress(self.loaded.facts.around(claim))

    def refresh_progress(self, claim: Claim, case: CaseFacts) -> CaseFacts:
        """The case after the claim's tasks have changed."""
        self._progress[str(claim.pk)] = facts.review_progress(self.loaded.tasks[claim.pk])
        return self._with_progress(case)

    def reloaded(self) -> LoadedCase:
        """Everything that was read, with the progress of the reviews as it is now."""
        return replace(self.loaded, facts=self._with_progress(self.loaded.facts))

    def _with_progress(self, case: CaseFacts) -> CaseFacts:
        return replace(case, tasks={claim: self._progress[claim] for claim in case.tasks})

    def drop_voided(self) -> None:
        """Keep only sign-offs that are still proposed or in effect."""
        self.signoffs = tuple(signoff for signoff in self.signoffs if signoff.state in LIVE_STATES)


class _Uses:
    """Which stories use which claims, and who writes them."""

    def __init__(self, rows: Rows) -> None:
        self.containers: dict[str, list[str]] = defaultdict(list)
        self.by_claim: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for link in rows["containers"]:
            self.containers[link["claim_id"]].append(link["container_id"])
        for use in sorted(rows["uses"], key=lambda use: str(use["id"])):
            self.by_claim[use["claim_id"]].append(use)

    def authors(self, claim: str) -> frozenset[str]:
        """The writers of every story whose draft uses the claim or one that contains it."""
        used = (use for container in self.containers[claim] for use in self.by_claim[container] if use["draft"])
        return frozenset(user for use in used for user in self._writers[use["id"]])

    @cached_property
    def _writers(self) -> dict[str, set[str]]:
        stories = {use["id"] for uses in self.by_claim.values() for use in uses if use["draft"]}
        writers: dict[str, set[str]] = defaultdict(set)
        for story, user in story_writers.pairs("story_id", story__in=stories):
            writers[str(story)].add(str(user))
        return writers
