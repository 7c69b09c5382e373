"""The machine: people do things at random, alone and at the same moment, and nothing ever leaves the model."""

from __future__ import annotations

from random import Random
from typing import Any, ClassVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.proofs.model import quiescence
from tests.proofs.model.driver import calls, concurrency, goals
from tests.proofs.model.spec import (
    background,
    claims,
    publication,
    replies,
    review_tasks,
    signoffs,
    sources,
    statements,
    stories,
)
from tests.proofs.model.spec.actions import Action, Attempt, Chooser
from tests.proofs.model.step import StepMixin

luck = st.integers(0, 2**32 - 1)

# What goes on; what is named twice goes on twice as often.
ACTIVITIES = [
    "work_on_stories", "work_on_claims", "work_on_statements", "work_on_sources", "work_on_replies_and_tasks",
    "work_on_signoffs", "advance_claim", "advance_claim", "advance_story", "advance_story",
    "invalidate", "invalidate", "exhaust_task", "run_jobs", "run_jobs", "advance_clock", "act_concurrently",
]  # fmt: skip


class NewsroomMachine(StepMixin, RuleBasedStateMachine):
    """One newsroom. What stands below is set by whoever runs it."""

    biased_to: ClassVar[str] = ""  # one of ACTIVITIES that goes on instead of every second verb
    groups: ClassVar[tuple[str, ...]] = ()  # of bouts; every group unless stated

    @initialize(luck=luck)
    def start(self, luck: int) -> None:
        """An empty newsroom, at nine in the morning."""
        assume(luck)  # hypothesis begins with the simplest of all: one thing, again and again
        self.begin()

    @rule(what=st.sampled_from(ACTIVITIES), luck=luck)
    def act(self, what: str, luck: int) -> None:
        """One rule for all, because hypothesis leaves out half of several: then nothing would ever be printed."""
        getattr(self, what)(luck)

    # What people do

    def work_on_stories(self, luck: int) -> None:
        self.random_action(luck, stories, publication)

    def work_on_claims(self, luck: int) -> None:
        self.random_action(luck, claims)

    def work_on_statements(self, luck: int) -> None:
        self.random_action(luck, statements)

    def work_on_sources(self, luck: int) -> None:
        self.random_action(luck, sources)

    def work_on_replies_and_tasks(self, luck: int) -> None:
        self.random_action(luck, replies, review_tasks)

    def work_on_signoffs(self, luck: int) -> None:
        self.random_action(luck, signoffs)

    def advance_claim(self, luck: int) -> None:
        self.advance_goal(luck, goals.next_step_for_claim)

    def advance_story(self, luck: int) -> None:
        self.advance_goal(luck, goals.next_step_for_story)

    def invalidate(self, luck: int) -> None:
        """What stood until now."""
        if self.draw(luck).chance(7):
            self.advance_goal(luck, goals.invalidate)
        else:
            self.advance_goal(luck, goals.next_step_for_claim)

    def exhaust_task(self, luck: int) -> None:
        """One question fewer."""
        self.advance_goal(luck, goals.exhaust_task)

    # What happens by itself

    def run_jobs(self, luck: int) -> None:
        """The workers do a few of the oldest things that wait."""
        for _ in range(1 + luck % 3):
            job = self.next_job(self.draw(luck).luck)
            if job:
                self.run_action(background.Work(), job, None)

    def advance_clock(self, luck: int) -> None:
        """The clock goes on, and mostly the clock's own work is done."""
        draw = self.draw(luck)
        if draw.luck.random() < 0.15:
            self.run_action(background.Adopt(), background.Adopt().draw(draw), None)
        self.newsroom.advance(draw.pick([1, 5, 15, 31, 60, 300]))
        self.state.now = self.newsroom.now
        self.told.append(f"it is {self.newsroom.now:%d %b %H:%M}")
        if draw.chance(8):
            self.run_action(background.RunDue(), {}, None)

    def act_concurrently(self, luck: int) -> None:
        """Two or three do things that get in each other's way."""
        draw = self.draw(luck)
        hot = concurrency.FocusedChooser(draw.luck, draw.state, draw.people, draw.desks).focus_on(draw.live_claim())
        group = draw.pick(self.groups or sorted(concurrency.CONFLICT_GROUPS))
        attempts = [
            self.attempt(hot, draw.pick(concurrency.CONFLICT_GROUPS[group])())
            for _ in range(draw.luck.choice([2, 2, 3]))
        ]
        self.run_concurrently([attempt for attempt in attempts if attempt])

    # How

    def draw(self, luck: int) -> Chooser:
        """Chance, by one number that hypothesis chose."""
        return Chooser(Random(luck), self.state, self.newsroom.people, list(self.newsroom.desks))  # noqa: S311

    def random_action(self, luck: int, *specs: Any) -> None:
        """One of the verbs of these nouns; mostly one that there is something to do to."""
        draw = self.draw(luck)
        if self.biased_to and draw.chance(5):
            getattr(self, self.biased_to)(draw.luck.getrandbits(32))
            return
        acts = [act() for spec in specs for act in spec.ACTS]
        possible = [act for act in acts if act.possible(self.state)]
        act = draw.pick(possible if possible and draw.usually() else acts)
        if possible and draw.chance(4):  # what was done least in this newsroom
            act = min(
                draw.luck.sample(possible, len(possible)),
                key=lambda candidate: self.done_here[calls.label(type(candidate))],
            )
        attempt = self.attempt(draw, act)
        if attempt:
            self.run_action(attempt.action, attempt.arguments, attempt.actor)

    def attempt(self, draw: Chooser, act: Action) -> Attempt | None:
        """Somebody and something to do it to."""
        if isinstance(act, background.Background):
            arguments = self.next_job(draw.luck) if isinstance(act, background.Work) else {}
            return Attempt(act, None, arguments, self.state, self.model_rules) if arguments is not None else None
        arguments = act.draw(draw)
        return (
            Attempt(act, draw.actor(act, arguments, self.model_rules), arguments, self.state, self.model_rules)
            if arguments
            else None
        )

    def advance_goal(self, luck: int, goal: Any) -> None:
        """The next thing toward something, by somebody who may; now and then by who has the role and may not."""
        draw = self.draw(luck)
        errand = goal(draw, self.model_rules)
        if errand is None or errand[1] is None:
            return
        act, arguments = errand
        tried = [Attempt(act, person, arguments, self.state, self.model_rules) for person in draw.shuffled()]
        entitled = [attempt for attempt in tried if draw.entitled(attempt)]
        tempted = draw.chance(3)
        for attempt in entitled:
            if bool(attempt.grounds()) == tempted:
                self.run_action(act, arguments, attempt.actor)
                return
        if tempted and entitled:
            self.run_action(act, arguments, entitled[0].actor)

    def next_job(self, luck: Random) -> dict[str, Any] | None:
        """Fairly: one of the oldest."""
        waiting = self.newsroom.pending_jobs()
        return self.newsroom.take_job(luck.randrange(min(3, len(waiting)))) if waiting else None

    def teardown(self) -> None:
        """Let all work be done, and look at everything once more."""
        if not hasattr(self, "state") or getattr(self, "failed", False):
            return
        with self.model_violations_reported():
            quiescence.drain_and_check(self)
