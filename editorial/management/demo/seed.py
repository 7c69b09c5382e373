"""Files a case through the workflow, as its staff would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.management.demo.case_data import (
    Case,
    Claim,
    IdentityMatch,
    RepeatingOutlets,
    ReplyRequest,
    Source,
    Statement,
)
from editorial.models import Desk, User
from editorial.workflow.evidence import claims, exhibits, sources, statements
from editorial.workflow.review import assessments, replies
from editorial.workflow.stories import stories


class CaseSeeder:
    """Files one case. `ids` maps the case's own names to object ids.

    `now` is the time of every action; the caller advances it.
    """

    def __init__(self, case: Case, *, desk: Desk, people: Mapping[str, User]) -> None:
        self.case, self.desk, self.people = case, desk, people
        self.ids: dict[str, UUID] = {}
        self.now: datetime

    @property
    def reporter(self) -> User:
        return self.people[self.case.reporter]

    @property
    def fact_checker(self) -> User:
        return self.people[self.case.fact_checker]

    @property
    def editor(self) -> User:
        return self.people[self.case.editor]

    def enter_material(self) -> None:
        """Enter the reporter's material: sources, claims and statements."""
        # Accused parties come before the claim, and the claim before the document that settles it.
        for source in self.case.sources:
            if not source.establishes:
                self.register(source)
        for claim in self.case.claims:
            self.claim(claim)
        for source in self.case.sources:
            if source.establishes:
                self.register(source)
        for exhibit in self.case.exhibits:
            self.ids[exhibit.id] = exhibits.attach(
                desk_id=self.desk.pk, title=exhibit.title, text=exhibit.text, actor=self.reporter, now=self.now
            ).pk
        for statement in self.case.statements:
            self.statement(statement)

    def register(self, source: Source) -> None:
        """Register a source; a name that must not be published goes into the vault."""
        stated: dict[str, Any] = {kind: self.ids[name] for kind, name in source.ties.items()}
        if source.benefits_if:
            stated["benefits_if"] = source.benefits_if
        if source.identity:
            stated |= {"identity_name": source.identity.name, "identity_known_by": source.identity.known_by}
        self.ids[source.id] = sources.register(
            desk_id=self.desk.pk,
            type=source.type,
            name=source.name,
            unnamed=source.unnamed,
            establishes=[self.ids[claim] for claim in source.establishes],
            actor=self.reporter,
            now=self.now,
            **stated,
        ).pk

    def claim(self, claim: Claim) -> None:
        """File a claim, and split it if it is a compound."""
        filed = claims.file(
            desk_id=self.desk.pk,
            text=claim.text,
            kind=claim.kind,
            risk=claim.risk,
            adverse_to=[self.ids[party] for party in claim.adverse_to],
            actor=self.reporter,
            now=self.now,
        )
        self.ids[claim.id] = filed.pk
        if claim.parts:
            parts = claims.split(claim_id=filed.pk, texts=list(claim.parts.values()), actor=self.reporter, now=self.now)
            self.ids |= {name: part.pk for name, part in zip(claim.parts, parts, strict=True)}

    def statement(self, statement: Statement) -> None:
        """Record a statement and its relays."""
        self.ids[statement.id] = statements.record(
            claim_id=self.ids[statement.claim],
            source_id=self.ids[statement.source],
            stance=statement.stance,
            directness=statement.directness,
            obtained_by=statement.obtained_by,
            exhibit=self.ids[statement.exhibit] if statement.exhibit else None,
            actor=self.reporter,
            now=self.now,
        ).pk
        for origin in statement.repeats:
            statements.relay(
                derived_id=self.ids[statement.id], origin_id=self.ids[origin], actor=self.reporter, now=self.now
            )

    def check(self) -> None:
        """Rate sources, authenticate documents and vouch for people, as far as the case says."""
        for source in self.case.sources:
            key = self.ids[source.id]
            if source.rating:
                sources.rate(source_id=key, reliability=source.rating, actor=self.fact_checker, now=self.now)
            if source.authenticated:
                sources.authenticate(source_id=key, reason=source.authenticated, actor=self.fact_checker, now=self.now)
            if source.vouched:
                sources.vouch(source_id=key, reason=source.vouched, actor=self.editor, now=self.now)

    def repeat(self, repeats: RepeatingOutlets) -> None:
        """Enter every outlet that repeats the report, with its origin."""
        for outlet in repeats.outlets:
            self.register(Source(id=outlet, type="outlet", name=outlet))
            sources.rate(source_id=self.ids[outlet], reliability=repeats.rating, actor=self.fact_checker, now=self.now)
            self.statement(
                Statement(
                    id=f"{outlet} repeats",
                    source=outlet,
                    claim=repeats.claim,
                    stance="affirms",
                    directness="relayed",
                    obtained_by="external",
                    exhibit=repeats.exhibit,
                    repeats=(repeats.of,),
                )
            )

    def ask(self, request: ReplyRequest) -> None:
        """Log a request for comment."""
        replies.send(
            to_id=self.ids[request.to],
            covers=[self.ids[claim] for claim in request.covers],
            question=request.question,
            channel=request.channel,
            deadline_at=self.now + timedelta(hours=request.hours),
            actor=self.reporter,
            now=self.now,
        )

    def protect_identity(self, match: IdentityMatch) -> None:
        """Match an unnamed source with an identity in the vault."""
        source = next(source for source in self.case.sources if source.id == match.source)
        sources.protect(
            source_id=self.ids[source.id],
            name=source.name,
            identity_name=match.identity.name,
            identity_known_by=match.identity.known_by,
            actor=self.fact_checker,
            now=self.now,
        )

    def write(self) -> UUID:
        """Pitch the story and write it, with its claim uses."""
        copy = self.case.copy
        story = stories.pitch(
            desk_id=self.desk.pk, headline=copy.headline, body=copy.body, actor=self.reporter, now=self.now
        )
        uses = [
            {
                "claim": self.ids[use.claim],
                "mode": use.mode,
                "central": use.central,
                "stated_source_count": use.stated_source_count,
                "relies_on": [self.ids[statement] for statement in use.relies_on],
            }
            for use in copy.uses
        ]
        stories.revise(story_id=story.pk, uses=uses, actor=self.reporter, now=self.now)
        return story.pk

    def reassess(self, names: Iterable[str] = ()) -> None:
        """Reassess these claims, or all, parts before their compounds."""
        every = [name for claim in self.case.claims for name in (*claim.parts, claim.id)]
        for name in names or every:
            assessments.reassess(claim_id=self.ids[name], now=self.now)
