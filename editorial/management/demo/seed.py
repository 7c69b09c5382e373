"""Files a case through the workflow, as its staff would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial.management.demo.case_data import Case, IdentityMatch, ReplyRequest, Source
from editorial.management.demo.case_items import case_items
from editorial.models import Desk, User
from editorial.workflow.evidence import exhibits, sources
from editorial.workflow.review import assessments, replies
from editorial.workflow.stories import cases


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
        """Enter and check the reporter's material: exhibits, sources, claims and statements."""
        for exhibit in self.case.exhibits:
            self.ids[exhibit.id] = exhibits.attach(
                desk_id=self.desk.pk, title=exhibit.title, text=exhibit.text, actor=self.reporter, now=self.now
            ).pk
        self.file(sources=self.case.sources, claims=self.case.claims, statements=self.case.statements)
        self.check(self.case.sources)

    def enter_repeats(self) -> None:
        """Enter every outlet that repeats the report, with its origin."""
        if repeats := self.case.repeats:
            outlets = [repeats.source(outlet) for outlet in repeats.outlets]
            self.file(sources=outlets, statements=[repeats.statement(outlet) for outlet in repeats.outlets])
            self.check(outlets)

    def write(self) -> UUID:
        """Pitch the story and write it, with its claim uses."""
        self.file(stories=[self.case.story])
        return self.ids[self.case.story.id]

    def file(self, **data: Any) -> None:
        """File data as one case."""
        items = {kind: list(map(_as_input, listed)) for kind, listed in case_items(self.ids, **data).items()}
        filed = cases.file(desk_id=self.desk.pk, **items, actor=self.reporter, now=self.now)
        self.ids |= {item.name: item.row.pk for item in filed if item.name}

    def check(self, listed: Iterable[Source]) -> None:
        """Rate sources, authenticate documents and vouch for people, as far as the case says."""
        for source in listed:
            key = self.ids[source.id]
            if source.rating:
                sources.rate(source_id=key, reliability=source.rating, actor=self.fact_checker, now=self.now)
            if source.authenticated:
                sources.authenticate(source_id=key, reason=source.authenticated, actor=self.fact_checker, now=self.now)
            if source.vouched:
                sources.vouch(source_id=key, reason=source.vouched, actor=self.editor, now=self.now)

    def ask(self, request: ReplyRequest) -> None:
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
        source = self.case.source(match.source)
        sources.protect(
            source_id=self.ids[source.id],
            name=source.name,
            identity_name=match.identity.name,
            identity_known_by=match.identity.known_by,
            actor=self.fact_checker,
            now=self.now,
        )

    def reassess(self, names: Iterable[str] = ()) -> None:
        """Reassess these claims, or all, parts before their compounds."""
        every = [name for claim in self.case.claims for name in (*claim.parts, claim.id)]
        for name in names or every:
            assessments.reassess(claim_id=self.ids[name], now=self.now)


def _as_input(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of `POST /cases` as the workflow takes it."""
    names = {"claim": "claim_id", "source": "source_id"}
    return {names.get(name, name): value for name, value in _resolve_refs(item).items()}


def _resolve_refs(value: Any) -> Any:
    """The value with the workflow's local references, at any depth."""
    match value:
        case str() if value.startswith("#"):
            return cases.LocalRef(value[1:])
        case list():
            return [_resolve_refs(inner) for inner in value]
        case dict():
            return {"called" if name == "ref" else name: _resolve_refs(inner) for name, inner in value.items()}
        case _:
            return value
