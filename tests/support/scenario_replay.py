"""A scenario, entered into the database by actions, and the results of the database.

Actions enter what happens. Rows are set directly for what a scenario presupposes: compounds that were never split,
ratings, signatures, ended tasks, and published uses of an earlier revision.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from editorial.management.scenarios.reader import Scenario
from editorial.models import (
    Assessment,
    Briefing,
    Claim,
    CompoundMember,
    CorroborationPolicy,
    PublishedUse,
    ReplyRequest,
    ReplyRequestClaim,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
)
from editorial.policy.facts import (
    UNKNOWN,
    PublishedFacts,
    ReplyRequestFacts,
    SignoffFacts,
    SourceFacts,
    StatementFacts,
)
from editorial.policy.verification import finding, thresholds
from editorial.policy.vocabulary import (
    Directness,
    FindingValue,
    ReplyOutcome,
    ReviewProgress,
    SourceType,
)
from editorial.workflow.evidence import claims, facts, sources, statements
from editorial.workflow.review import replies, reply_windows
from editorial.workflow.stories import gates, restrictions, stories
from tests.support.cast import NOW, Room

POLICY = thresholds.default_policy()
_SIGNABLE = (FindingValue.VERIFIED, FindingValue.REFUTED)
_TIES = ("org", "speaks_for", "parent", "author", "issuer")


class ReplayedScenario:
    """One scenario in the database. `names` maps database ids to the scenario's ids."""

    def __init__(self, room: Room, scenario: Scenario) -> None:
        self.room, self.scenario, self.case = room, scenario, scenario.case
        self.now = scenario.case.now or NOW
        self.rosa = room.people["rosa"]
        self.sources = self._name_sources()
        self.claims = {name: self._file(name) for name in self.case.claims}
        for name, claim in self.case.claims.items():
            for part in claim.parts:
                CompoundMember.objects.create(compound=self.claims[name], member=self.claims[part])
            if claim.carries:
                carried = [self.claims[other].pk for other in claim.carries]
                claims.carry(claim_id=self.claims[name].pk, carries=carried, actor=self.rosa, now=self.now)
        for name, source in self.case.sources.items():
            self._set_source_facts(name, source)
        self.statements = {
            name: self._record(statement_facts) for name, statement_facts in self.case.statements.items()
        }
        for link in self.case.relays:
            ends = {"derived_id": self.statements[link.derived].pk, "origin_id": self.statements[link.origin].pk}
            statements.relay(**ends, actor=self.rosa, now=self.now)
        for name, statement_facts in self.case.statements.items():
            self._withdraw(self.statements[name], statement_facts)
        for request in self.case.replies:
            self._send_reply_request(request)
        for name, standing in self.case.tasks.items():
            self._create_tasks(self.claims[name], standing)
        self.names = {
            str(row.pk): name
            for rows in (self.claims, self.sources, self.statements)
            for name, row in rows.items()  # type: ignore[attr-defined]
        }

    def findings(self) -> dict[str, Any]:
        """The findings of the engine for these rows, with the scenario's ids."""
        case = facts.case([claim.pk for claim in self.claims.values()], now=self.now)
        return self._with_scenario_ids(
            {key: result.to_dict() for key, result in finding.assess(case, POLICY).items() if key in self.names}
        )

    def stored_findings(self) -> dict[str, Any]:
        """The stored findings of each claim."""
        stored = {}
        for claim in self.claims.values():
            last: Assessment = claim.assessments.latest()
            stored[str(claim.pk)] = {
                "finding": last.finding or None,
                "basis": last.basis or None,
                **{name: getattr(last, name) for name in ("contested", "origins", "independent", "against")},
                **{name: getattr(last, name) for name in ("missing", "hangs_on", "groups")},
            }
        return self._with_scenario_ids(stored)

    def create_story(self) -> Story:
        """A story that uses the claims as the scenario does, with all the signatures that it takes as given."""
        story = stories.pitch(desk_id=self.room.desk.pk, headline=self.scenario.id, actor=self.rosa, now=self.now)
        uses = [
            {
                "claim": str(self.claims[name].pk),
                "mode": use.mode.value,
                "central": use.central,
                "stated_source_count": use.stated_source_count,
                "relies_on": [str(self.statements[name_of_statement].pk) for name_of_statement in use.relies_on],
            }
            for name, use in self.scenario.story.uses.items()
        ]
        stories.revise(story_id=story.pk, uses=uses, actor=self.rosa, now=self.now)
        findings = finding.assess(self.case, POLICY, hangs_on=False)
        for name, signed in self.scenario.story.signoffs.items():
            self._sign(self.claims[name], findings[name].finding, signed)
        for name, printed in (self.scenario.published or {}).items():
            self._publish_use(story, name, printed)
        return story

    def gate_result(self, story: Story) -> dict[str, Any]:
        """The gate of that story, and of each use."""
        result = gates.evaluate(story, now=self.now).result
        uses = {self.names[key]: {"gate": use.gate, "codes": list(use.codes)} for key, use in result.uses.items()}
        return {"gate": result.gate, "codes": list(result.codes), "uses": uses}

    # Sources

    def _name_sources(self) -> dict[str, Source]:
        """A row for every source, and one for every name that stands for a person without a recorded source."""
        named = {name for source in self.case.sources.values() for name in (getattr(source, tie) for tie in _TIES)}
        named |= {party for claim in self.case.claims.values() for party in claim.adverse_to}
        named |= {request.to for request in self.case.replies}
        rows = {name: self._register(name, source) for name, source in self.case.sources.items()}
        keys = {source.key for source in self.case.sources.values()}
        for name in sorted(named - set(rows) - {None}):
            rows[name] = self._register(name, SourceFacts(id=name, type=SourceType.PERSON))
            if name in keys:  # a name that is a source's token means that person
                self._update_row(rows[name], key=name)
        return rows

    def _register(self, name: str, source: SourceFacts) -> Source:
        return sources.register(
            desk_id=self.room.desk.pk,
            type=source.type.value,
            name=name,
            unnamed=source.unnamed,
            benefits_if=source.benefits_if.value if source.benefits_if else "",
            camp=source.camp or "",
            actor=self.rosa,
            now=self.now,
        )

    def _set_source_facts(self, name: str, source: SourceFacts) -> None:
        ties = {tie: self.sources[getattr(source, tie)].pk for tie in _TIES if getattr(source, tie)}
        settles = {
            effect: [self.claims[claim].pk for claim in getattr(source, effect)]
            for effect in ("establishes", "contradicts")
            if getattr(source, effect)
        }
        if ties or settles:
            sources.revise(source_id=self.sources[name].pk, **ties, **settles, actor=self.rosa, now=self.now)
        self._update_row(
            self.sources[name],
            reliability=source.reliability.value if source.reliability else "",
            authenticated=source.authenticated,
            authenticity=source.authenticity.value if source.has_authenticity else "unknown",
            editor_knows=source.editor_knows,
            key=source.key or "",
        )

    def _update_row(self, row: Any, **fields: Any) -> None:
        type(row).objects.filter(pk=row.pk).update(**fields)

    # Claims and statements

    def _file(self, name: str) -> Claim:
        claim = self.case.claims[name]
        row = claims.file(
            desk_id=self.room.desk.pk,
            text=name,
            kind=claim.kind.value,
            risk=claim.risk.value,
            needs_context=claim.needs_context,
            adverse_to=[self.sources[party].pk for party in claim.adverse_to],
            actor=self.rosa,
            now=self.now,
        )
        for restriction in claim.restrictions:
            # One that is over already was imposed before its end.
            before = restriction.until - timedelta(seconds=1) if restriction.until else self.now
            restrictions.restrict_claim(
                claim_id=row.pk, kind=restriction.kind.value, reason="As given.", until=restriction.until,
                actor=self.room.people["lara"], now=min(self.now, before),
            )  # fmt: skip
        return row

    def _record(self, facts: StatementFacts) -> Statement:
        # Only a second-hand statement has an informant, and a name without a recorded source means nothing.
        informant = self.sources.get(facts.informant) if facts.informant in self.case.sources else None
        if facts.directness is not Directness.SECOND_HAND or facts.informant in (UNKNOWN, facts.source):
            informant = None
        return statements.record(
            claim_id=self.claims[facts.claim].pk,
            source_id=self.sources[facts.source].pk,
            stance=facts.stance.value,
            directness=facts.directness.value,
            terms=facts.terms.value,
            obtained_by=facts.obtained_by.value,
            benefits_if=facts.benefits_if.value if facts.benefits_if else "",
            informant=informant.pk if informant else None,
            briefing=self._briefing(facts.briefing).pk if facts.briefing else None,
            embargo_until=facts.embargo_until,
            inducement=facts.inducement.value if facts.inducement else "",
            collector_conflict=facts.collector_conflict,
            translation=facts.translation.value if facts.translation else "",
            actor=self.rosa,
            now=self.now,
        )

    def _briefing(self, name: str) -> Briefing:
        return Briefing.objects.get_or_create(desk=self.room.desk, name=name)[0]

    def _withdraw(self, statement: Statement, facts: StatementFacts) -> None:
        if facts.ended:
            statements.end(
                statement_id=statement.pk, ended=facts.ended.value, reason="As given.", actor=self.rosa, now=self.now
            )

    # Replies, tasks, signatures and print

    def _send_reply_request(self, request: ReplyRequestFacts) -> None:
        covers, to = [self.claims[name].pk for name in request.covers], self.sources[request.to].pk
        if request.outcome is ReplyOutcome.WAIVED:
            row = self._waive(covers, to, request.reason)
        else:
            # The deadline is now if it has passed, else the smallest moment ahead.
            deadline_at = self.now + timedelta(microseconds=0 if request.deadline_passed else 1)
            row = self._ask(
                covers,
                to,
                question="As given.",
                reason=request.reason,
                specific=request.specific,
                deadline_at=deadline_at,
                sent_at=min(self.now, deadline_at - timedelta(hours=request.hours)),
            )
            if request.outcome is not ReplyOutcome.PENDING:
                why = {"no_statement_reason": "As given."} if request.outcome is ReplyOutcome.REPLIED else {}
                replies.answer(request_id=row.pk, outcome=request.outcome.value, **why, actor=self.rosa, now=self.now)
        if request.respondent_key:
            recorded = self.case.sources.get(request.respondent_key)
            identity = (recorded.key or str(self.sources[recorded.id].pk)) if recorded else request.respondent_key
            self._update_row(row, respondent_key=identity)

    def _ask(self, covers: list[Any], to: Any, **fields: Any) -> ReplyRequest:
        """Send the request. One with too short a window and no reason is from before the policy asked for more."""
        window = reply_windows.window_of(Claim.objects.filter(pk__in=covers), self.now)
        if fields["reason"] or window is None or fields["deadline_at"] - fields["sent_at"] >= window:
            return replies.send(to_id=to, covers=covers, **fields, actor=self.rosa, now=self.now)
        row = ReplyRequest.objects.create(to_id=to, **fields, sent_by=self.rosa)
        for claim in covers:
            ReplyRequestClaim.objects.create(request=row, claim_id=claim)
        return row

    def _waive(self, covers: list[Any], to: Any, reason: str) -> ReplyRequest:
        edith = self.room.people["edith"]
        if reason:
            return replies.waive(to_id=to, covers=covers, reason=reason, actor=edith, now=self.now)
        row = ReplyRequest.objects.create(to_id=to, outcome="waived", sent_at=self.now, sent_by=edith)
        for claim in covers:
            ReplyRequestClaim.objects.create(request=row, claim_id=claim)
        return row

    def _create_tasks(self, claim: Claim, standing: ReviewProgress) -> None:
        if standing is ReviewProgress.NONE:
            return
        ended: dict[str, Any] = {
            "state": "exhausted",
            "ended_at": self.now,
            "ended_by": self.rosa,
            "note": "No result.",
        }
        ReviewTask.objects.create(
            claim=claim,
            queue="investigate",
            kind="TRACE_ROOT",
            subject="as given",
            question="?",
            opened_at=self.now,
            due_at=self.now + timedelta(days=1),
            **(ended if standing is ReviewProgress.EXHAUSTED else {}),
        )

    def _sign(self, claim: Claim, finding_value: FindingValue | None, facts: SignoffFacts) -> None:
        felix, edgar, stan, lara = (self.room.people[name] for name in ("felix", "edgar", "stan", "lara"))
        if finding_value is None:
            return
        if facts.legal:
            self._signature(claim, finding_value, "legal", lara, lara)
        if facts.standards:
            self._signature(claim, finding_value, "standards", stan, stan)
        if finding_value in _SIGNABLE:
            self._signature(claim, finding_value, "finding", felix, edgar if facts.four_eyes else self.rosa)

    def _signature(self, claim: Claim, finding_value: FindingValue, kind: str, proposer: Any, decider: Any) -> None:
        signed, _ = Assessment.objects.get_or_create(
            claim=claim,
            number=1,
            defaults={
                "policy": CorroborationPolicy.objects.get(),
                "finding": finding_value.value,
                "assessed_at": self.now,
            },
        )
        Signoff.objects.create(
            claim=claim,
            kind=kind,
            assessment=signed,
            finding=finding_value.value,
            state="approved",
            proposed_by=proposer,
            proposed_at=self.now,
            decided_by=decider,
            decided_at=self.now,
        )

    def _publish_use(self, story: Story, name: str, printed: PublishedFacts) -> None:
        PublishedUse.objects.create(
            story=story,
            claim=self.claims[name],
            mode=printed.mode.value,
            finding=printed.finding.value if printed.finding else "",
            central=printed.central,
            contested=printed.contested,
            stated_source_count=printed.stated_source_count,
            published_at=self.now,
        )

    # Back into the scenario's words

    def _with_scenario_ids(self, result: dict[str, Any]) -> dict[str, Any]:
        return in_order(_renamed(result, self.names))


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def in_order(claims: dict[str, Any]) -> dict[str, Any]:
    """Findings in an order that does not hang on how ids sort."""
    return {name: plain | {"hangs_on": sorted(plain["hangs_on"]), "groups": {
        side: sorted(map(_group_in_order, groups), key=lambda group: group["statements"])
        for side, groups in plain["groups"].items()
    }} for name, plain in claims.items()}  # fmt: skip


def _group_in_order(group: dict[str, Any]) -> dict[str, Any]:
    # Which pairs span a group depends on how ids sort; how many of each kind does not.
    return {"statements": sorted(group["statements"]), "joins": sorted(join["by"] for join in group["joins"])}
