"""One step: the model predicts, the product acts, and the two are compared."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from editorial.models import User
from editorial.workflow.core.errors import ActionError
from tests.proofs.model.coverage import Coverage
from tests.proofs.model.driver import calls, concurrency, snapshot
from tests.proofs.model.driver.system import ModelNewsroom
from tests.proofs.model.spec import agenda, background
from tests.proofs.model.spec.actions import Action, Attempt
from tests.proofs.model.spec.permissions import Person
from tests.proofs.model.spec.state import State

SYSTEM_ACTIONS = {
    "claim.assess", "signoff.void", "review.open", "review.reopen", "review.close", "review.expire", "review.overdue",
    "review.remind", "review.escalate", "review.escalate_to_duty", "reply.remind", "story.warn", "correction.remind",
    "story.warn_correction",
    "reply.expire", "statement.embargo_lift", "story.gate", "story.flag", "story.clear_flag", "story.refuse",
    "story.publish", "story.correct", "story.lapse_correction", "story.refuse_correction", "correction.overdue",
}  # fmt: skip

LAPSES_CORRECTION = {"story.revise", "story.correct", "story.withhold", "story.retract", "story.move"}
COMPARES_IDENTITIES = {
    "source.register", "source.protect", "source.replace_identity", "source.match_identity", "reply.answer",
}  # fmt: skip


class ModelViolation(AssertionError):
    """The newsroom left the model. The message lists the steps before."""


class StepMixin:
    """A newsroom, the state it was last read in, and the log of its steps."""

    newsroom: ClassVar[ModelNewsroom]
    coverage: ClassVar[Coverage]

    def begin(self) -> None:
        """An empty newsroom, at nine in the morning."""
        self.told: list[str] = []
        self.failed = False
        self.done_here: Counter[str] = Counter()
        self.newsroom.open()
        self.tokens = calls.tokens()
        self.names = {person.id: person.name for person in self.newsroom.people} | self.newsroom.desks
        self.record = snapshot.EventLog()
        self.policy = "default"
        self.state = snapshot.read_state(self.newsroom.now)
        self.coverage.runs += 1

    @property
    def model_rules(self) -> dict[str, Any]:
        """The basis of the model's decisions: the policy, the users, and the token of each person."""
        people = {person.id: person for person in self.newsroom.people}
        return {**background.POLICIES[self.policy], "tokens": self.tokens, "people": people}

    def run_action(self, act: Action, arguments: dict[str, Any], actor: Person | None) -> None:
        """One step: the model predicts, the product acts, and the two are compared."""
        if isinstance(act, background.Adopt):
            actor = next(
                person
                for person in self.newsroom.people
                if person.name in ("stella", "edith")[: 1 + len(self.told) % 2]
            )
        attempt = Attempt(act, actor, arguments, self.state, self.model_rules)
        line = self.line(attempt)
        outcome = self.execute(attempt)
        codes = refused_for(outcome)
        after = snapshot.read_state(self.newsroom.now)
        expected = attempt.within(self.state.copy())
        expected.after = after
        self.count(attempt, codes)
        self.told.append(f"{line} – {'done' if codes is None else ', '.join(sorted(code for _, code in codes))}")
        with self.model_violations_reported():
            grounds = attempt.within(self.state).grounds() if not isinstance(act, background.Background) else set()
            if codes is not None:
                assert codes <= grounds, f"refused for {sorted(codes)}; the model knows {sorted(grounds)}"
                self.assert_same_state(self.state, after)
                self.assert_events(set(), silent=True)
            else:
                assert not grounds, f"it was done, and should have been refused for {sorted(grounds)}"
                expected.outcome = outcome
                silent = act.silent(expected.within(self.state))
                act.effect(expected)
                self.assert_same_state(expected.state, after)
                self.assert_agendas(after, expected.refreshed)
                self.assert_events({attempt_events(attempt)}, silent=silent)
        if isinstance(act, background.Adopt) and codes is None:
            self.policy = arguments["policy"]
        self.state = after
        self.step()

    def run_concurrently(self, attempts: list[Attempt]) -> None:
        """A concurrent step: the result must be that of some order of the attempts."""
        if len(attempts) < 2:
            for attempt in attempts:
                self.run_action(attempt.action, attempt.arguments, attempt.actor)
            return
        lines = [self.line(attempt) for attempt in attempts]
        outcomes = self.newsroom.run_concurrently([lambda each=each: self.execute(each) for each in attempts])
        after = snapshot.read_state(self.newsroom.now)
        self.told.append(f"at the same moment, {len(attempts)}:")
        for attempt, line, outcome in zip(attempts, lines, outcomes, strict=True):
            codes = refused_for(outcome)
            self.count(attempt, codes)
            self.told.append(
                f"    {line} – {'done' if codes is None else ', '.join(sorted(code for _, code in codes))}"
            )
        with self.model_violations_reported():
            faults = concurrency.unexplained_outcomes(self.state, after, attempts, outcomes, refused_for)
            assert not faults, "no order explains it:\n" + "\n".join(faults)
            self.assert_events({attempt_events(attempt) for attempt in attempts}, silent=None)
        self.state = after
        self.coverage.concurrent_steps += 1
        self.step()

    def execute(self, attempt: Attempt) -> Any:
        actor: User | None = self.newsroom.users[attempt.actor.id] if attempt.actor else None
        try:
            return calls.execute(attempt.action, attempt.arguments, actor, self.newsroom.now)
        except ActionError as refusal:
            return refusal

    def assert_same_state(self, expected: State, actual: State) -> None:
        """Only what the model predicts has changed."""
        differences = list(expected.differences(actual))
        assert not differences, "\n".join(differences[:8])

    def assert_agendas(self, after: State, refreshed: set[str]) -> None:
        """The tasks of the reassessed claims are those that the page requires."""
        for claim in refreshed:
            attempt = Attempt(background.Work(), None, {}, after, self.model_rules)
            faults = list(agenda.deviations(self.state, after, attempt.oracle(claim), claim))
            assert not faults, "\n".join(faults)

    def assert_events(self, expected: set[tuple[str, str | None]], *, silent: bool | None) -> None:
        """Every change has an event: with its actor, or the system, and a fitting action."""
        before = self.record.written
        news = self.record.new_events()
        people = {(event.action, event.actor) for event in news if event.actor}
        allowed = {*expected, *(("claim.file", actor) for action, actor in expected if action == "claim.split")}
        allowed |= {("story.void_clearance", actor) for action, actor in expected if action == "story.revise"}
        allowed |= {("story.lapse_correction", actor) for action, actor in expected if action in LAPSES_CORRECTION}
        allowed |= {("statement.record", actor) for action, actor in expected if action == "reply.answer"}
        allowed |= {("statement.revise", actor) for action, actor in expected if action == "exhibit.attach"}
        allowed |= {("identity.compare", actor) for action, actor in expected if action in COMPARES_IDENTITIES}
        assert people <= allowed, f"written down, but not done: {people - allowed}"
        strange = {event.action for event in news if not event.actor} - SYSTEM_ACTIONS
        assert not strange, f"the system is said to have done {strange}"
        if silent is False:
            assert expected <= people, f"done, but not written down: {expected - people}"
        if silent and not expected:
            assert not news, f"refused, and written down: {news}"
            assert self.record.written == before, "refused, and work was written"

    def count(self, attempt: Attempt, codes: set[tuple[str, str]] | None) -> None:
        name = calls.label(type(attempt.action))
        (self.coverage.done if codes is None else self.coverage.refused)[name] += 1
        self.done_here[name] += codes is None
        self.coverage.reasons.update(f"{name} {code}" for _, code in codes or ())

    def step(self) -> None:
        self.coverage.steps += 1
        self.coverage.visit(self.state)

    def line(self, attempt: Attempt) -> str:
        """The attempt, in the names of this newsroom."""
        arguments = ", ".join(f"{name} {self.named(value)}" for name, value in attempt.arguments.items())
        return (
            f"{attempt.actor.name if attempt.actor else 'the system'}: {calls.label(type(attempt.action))} {arguments}"
        )

    def named(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
            tables = (name for name in ("story", "claim", "source", "statement", "task", "signoff", "request", "relay")
                     if value in self.state[name])  # fmt: skip
            return self.names.setdefault(value, f"{next(tables, 'it')}-{len(self.names)}")
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return {name: self.named(each) for name, each in value.items()} if isinstance(value, dict) else value

    def model_violations_reported(self) -> Any:
        return _ViolationReporter(self)


class _ViolationReporter:
    """An error in this block is reported with every step before."""

    def __init__(self, machine: StepMixin) -> None:
        self._machine = machine

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        if isinstance(problem, Exception):
            self._machine.failed = True
            told = self._machine.told
            names = self._machine.names
            text = str(problem)
            for key, name in names.items():
                text = text.replace(key, name)
            raise ModelViolation(
                f"{type(problem).__name__}: {text}\n\nThe story, {len(told)} lines:\n" + "\n".join(told)
            ) from problem


def attempt_events(attempt: Attempt) -> tuple[str, str | None]:
    """Its event: action and actor."""
    return attempt.action.name, attempt.actor.id if attempt.actor else None


def refused_for(outcome: Any) -> set[tuple[str, str]] | None:
    """Kind and codes of a refusal; None if it was done. Any other error is a violation."""
    if isinstance(outcome, ActionError):
        assert outcome.reasons, "refused without a reason"
        for reason in outcome.reasons:
            assert reason.code, f"a reason without a code: {reason}"
            assert reason.text.endswith((".", ")")), f"a reason is a sentence: {reason}"
        return {(type(outcome).__name__, reason.code) for reason in outcome.reasons}
    if isinstance(outcome, Exception):
        raise outcome
    return None
