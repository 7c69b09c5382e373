"""The speakers of some statements, as far as one reader may know them: labels, joins and single points of failure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from editorial.models import Assessment, Source, Statement
from editorial.models.unions import keys_of_any
from editorial.policy import disclosure as rules
from editorial.policy.access import ActorFacts
from editorial.policy.review import explain
from editorial.policy.verification.evidence import Evidence
from editorial.policy.vocabulary import Join, Stance
from editorial.workflow.evidence import identities
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.confidentiality.disclosure import PROTECTED_JOIN, PROTECTED_SOURCE, SourceReference

_TIES = ("org_id", "speaks_for_id", "parent_id", "author_id", "issuer_id")


@dataclass(frozen=True, slots=True)
class JoinExplanation:
    """Why two statements count as one voice; without the rule if it would reveal an identity."""

    rule: Join | None
    text: str


@dataclass(frozen=True, slots=True)
class _Side:
    """Statements of one stance on a claim: their sources, and the desks of unnamed ones behind them."""

    source_ids: frozenset[UUID]
    unnamed_desks: frozenset[UUID]


class Speakers:
    """The sources and informants of these statements, which are loaded with their relays, for one reader.

    `identity_of`: the identity of a source id, if the caller has it already. `origins`: what each statement repeats, if
    the caller knows it; the statements then need no relays.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        reader: ActorFacts,
        identity_of: Callable[[str], str] | None = None,
        origins: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.reader, self._identity_of, self._origins = reader, identity_of, origins
        self._keeps_all: bool | None = None
        self.statements = {str(row.pk): row for row in statements}
        self._sides: dict[tuple[str, Stance | None, bool], _Side] = {}
        self._sources = {
            source.pk: source for row in self.statements.values() for source in (row.source, row.informant) if source
        }

    @classmethod
    def of_assessment(cls, assessment: Assessment, reader: ActorFacts) -> Speakers:
        """The speakers on the claim, its parts, and in the groups of the assessment."""
        about_claim = keys_of_any(
            Statement.objects.all(),
            Q(claim=assessment.claim_id),
            Q(claim__compounds=assessment.claim_id),
            Q(pk__in=list(_statement_ids(assessment))),
        )
        statements = Statement.objects.filter(pk__in=about_claim).select_related("source", "informant")
        return cls(statements.prefetch_related("relays"), reader)

    def label(self, source: Source) -> str:
        """The source's name or description, as far as the reader may see it."""
        return disclosure.label(source, self.reader)

    def reference(self, source: Source) -> SourceReference:
        """The source by id and name, as far as the reader may see it."""
        return disclosure.reference(source, self.reader)

    def visible_records(self, identity: str) -> list[SourceReference]:
        """The records of an identity on which a finding hangs.

        An identity with an unnamed record is shown as one record only, an unnamed one, so that a named person
        is never seen to be the same; custodians see every record.
        """
        sources = sorted(self._by_identity.get(identity, ()), key=lambda source: source.pk)
        unnamed = [source for source in sources if source.unnamed]
        if unnamed and not rules.is_custodian(self.reader, [source.desk_id for source in unnamed]):
            visible = [source for source in unnamed if disclosure.can_see(source, self.reader)]
            sources = visible[:1]
        return [self.reference(source) for source in sources] or [{"id": None, "name": PROTECTED_SOURCE}]

    def explain(self, join: Mapping[str, Any]) -> JoinExplanation:
        """Why two statements count as one voice, as far as the reader may know."""
        rule, keys = Join(join["by"]), join["between"]
        rows = [self.statements[key] for key in keys if key in self.statements]
        records = {record for row in rows for record in self._records(str(row.pk))}
        unnamed = self._unnamed_behind(records)
        first = rows[0].source if rows else None
        same_record = (
            first is not None
            and len(rows) == len(keys)
            and {row.source_id for row in rows} == {first.pk}
            and disclosure.can_see(first, self.reader)
        )
        custodian = rules.is_custodian(self.reader, [source.desk_id for source in unnamed])
        if rules.may_explain(rule, same_record=same_record, unnamed=bool(unnamed), custodian=custodian):
            return JoinExplanation(rule, explain.join(rule))
        return JoinExplanation(None, PROTECTED_JOIN)

    def shows_interest(self, statement: Statement, evidence: Evidence) -> bool:
        """Whether the reader is shown that somebody gains from a statement.

        Of a denial, not if that follows from an unnamed source alone that is accused or tied to a party: a named person
        whom it marks as interested would be that source.
        """
        if self._keeps_all is None:
            self._keeps_all = not disclosure.unexplained_sources(evidence.case.sources, self.reader)
        interested = evidence.interested if self._keeps_all else evidence.interested_by_public_ties
        return str(statement.pk) in interested and self.may_show_interest(statement)

    def may_show_interest(self, statement: Statement) -> bool:
        """Whether the reader may learn that somebody gains from a statement.

        Behind an unnamed source it could follow from the vault alone: only its custodian sees what was not recorded.
        """
        if statement.benefits_if or statement.source.benefits_if:
            return True
        unnamed = self._unnamed_behind(self._records(str(statement.pk)))
        return not unnamed or rules.is_custodian(self.reader, [source.desk_id for source in unnamed])

    def may_know_contradictions(self, statement: Statement, evidence: Evidence) -> bool:
        """Whether the reader may know if a statement fails because a person says both.

        If an unnamed source speaks on either side, that would tell who it is or is not. The answer does not depend on
        who is who, so it withholds whether or not one person says both: withholding it only where one person does
        would give it away. They may know what a record that they see says itself.
        """
        opposed = self._side(evidence, Stance(statement.stance).opposite, standing=True)
        speaks_both = statement.source_id in opposed.source_ids
        if not opposed.source_ids or (speaks_both and disclosure.can_see(statement.source, self.reader)):
            return True
        own = self._repeated(str(statement.pk))
        unnamed = opposed.unnamed_desks | self._unnamed_desks(own)
        if any(self.statements[key].informant_id for key in own):  # then it rests on all that the informant says
            unnamed |= self._side(evidence, Stance(statement.stance), standing=False).unnamed_desks
        return not unnamed or rules.is_custodian(self.reader, unnamed)

    def _side(self, evidence: Evidence, stance: Stance | None, *, standing: bool) -> _Side:
        """The statements of one stance on a claim, all of them or those that stand; computed once."""
        side = (evidence.claim.id, stance, standing)
        if side not in self._sides:
            rows = {
                key: row
                for key, row in self.statements.items()
                if row.stance == stance and key in evidence.statements and not (standing and key in evidence.fallen)
            }
            self._sides[side] = _Side(frozenset(row.source_id for row in rows.values()), self._unnamed_desks(rows))
        return self._sides[side]

    def _unnamed_desks(self, keys: Iterable[str]) -> frozenset[UUID]:
        """The desks of the unnamed sources and informants through which these statements may be joined."""
        records = {record for key in keys for record in self._records(key)}
        return frozenset(self._sources[record].desk_id for record in records if self._sources[record].unnamed)

    @cached_property
    def _by_identity(self) -> dict[str, list[Source]]:
        identity_of = self._identity_of or identities.resolve(map(str, self._sources)).__getitem__
        by_identity: dict[str, list[Source]] = {}
        for key, source in self._sources.items():
            by_identity.setdefault(identity_of(str(key)), []).append(source)
        return by_identity

    @cached_property
    def _records_of(self) -> dict[str, frozenset[UUID]]:
        return {}

    def _records(self, key: str) -> frozenset[UUID]:
        """The sources and informants of a statement and of all that it repeats, through which it may be joined."""
        if key not in self._records_of:
            rows = [self.statements[name] for name in self._repeated(key)]
            ids = {source for row in rows for source in (row.source_id, row.informant_id) if source}
            self._records_of[key] = frozenset(ids)
        return self._records_of[key]

    def _repeated(self, key: str) -> set[str]:
        """A statement and all that it repeats, directly or through others."""
        visited, waiting = {key}, [key]
        while waiting:
            new = self._origins_of(waiting.pop()) & self.statements.keys() - visited
            visited |= new
            waiting += new
        return visited

    def _origins_of(self, key: str) -> set[str]:
        if self._origins is not None:
            return set(self._origins.get(key, ()))
        return {str(relay.origin_id) for relay in self.statements[key].relays.all()}

    @cached_property
    def _tied(self) -> dict[UUID, Source]:
        """The speakers and, transitively, the sources they refer to. Nothing behind an unnamed one is needed."""
        sources, missing = dict(self._sources), self._refers_to(self._sources.values())
        while missing := missing - set(sources):
            rows = Source.objects.defer("name", "description").in_bulk(list(missing))
            sources |= rows
            missing = self._refers_to(rows.values())
        return sources

    def _refers_to(self, sources: Iterable[Source]) -> set[UUID]:
        return {key for source in sources if not source.unnamed for key in _ties(source)}

    def _unnamed_behind(self, records: Iterable[UUID]) -> list[Source]:
        """The unnamed sources among these records and those they refer to."""
        visited, waiting = set[UUID](), list(records)
        while waiting:
            key = waiting.pop()
            if key not in visited and key in self._tied:
                visited.add(key)
                waiting += self._refers_to([self._tied[key]])
        return [self._tied[key] for key in visited if self._tied[key].unnamed]


def _ties(source: Source) -> Iterator[UUID]:
    yield from filter(None, (getattr(source, name) for name in _TIES))


def _statement_ids(assessment: Assessment) -> Iterator[str]:
    for groups in assessment.groups.values():
        for group in groups:
            yield from group["statements"]
