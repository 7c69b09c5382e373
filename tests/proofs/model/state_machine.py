"""The state machine: random actions, alone and concurrently, and the newsroom never leaves the model."""

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
    relays,
    replies,
    returns,
    review_tasks,
    signoffs,
    sources,
    statements,
    stories,
)
from tests.proofs.model.spec.actions import Action, Attempt, Chooser
from tests.proofs.model.step import StepMixin

luck = st.integers(0, 2**32 - 1)

# The activities; one that is listed twice is chosen twice as often.
ACTIVITIES = [
    "work_on_stories", "work_on_claims", "work_on_statements", "work_on_sources", "work_on_replies_and_tasks",
    "work_on_signoffs", "advance_claim", "advance_claim", "advance_story", "advance_story",
    "invalidate", "invalidate", "exhaust_task", "run_jobs", "run_jobs", "advance_clock", "act_concurrently",
]  # fmt: skip


class NewsroomMachine(StepMixin, RuleBasedStateMachine):
    """One newsroom. The runner sets the attributes below."""

    biased_to: ClassVar[str] = ""  # one of ACTIVITIES, which replaces every second action
    groups: ClassVar[tuple[str, ...]] = ()  # of concurrent steps; every group by default

    @initialize(luck=luck)
    def start(self, luck: int) -> None:
        """An empty newsroom, at nine in the morning."""
        assume(luck)  # hypothesis begins with the simplest example: one action, again and again
        self.begin()

    @rule(what=st.sampled_from(ACTIVITIES), luck=luck)
    def act(self, what: str, luck: int) -> None:
        """One rule for all, because hypothesis leaves out half of several: then no story would ever be published."""
        getattr(self, what)(luck)

    # Activities of users

    def work_on_stories(self, luck: int) -> None:
        self.random_action(luck, stories, publication, returns)

    def work_on_claims(self, luck: int) -> None:
        self.random_action(luck, claims)

    def work_on_statements(self, luck: int) -> None:
        self.random_action(luck, statements, relays)

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
        """Withdraw or change what was in effect."""
        if self.draw(luck).chance(7):
            self.advance_goal(luck, goals.invalidate)
        else:
            self.advance_goal(luck, goals.next_step_for_claim)

    def exhaust_task(self, luck: int) -> None:
        """End a task."""
        self.advance_goal(luck, goals.exhaust_task)

    # Background activities

    def run_jobs(self, luck: int) -> None:
        """The workers run a few of the oldest jobs."""
        for _ in range(1 + luck % 3):
            job = self.next_job(self.draw(luck).luck)
            if job:
                self.run_action(background.Work(), job, None)

    def advance_clock(self, luck: int) -> None:
        """Advance the clock, and mostly run due work."""
        draw = self.draw(luck)
        if draw.luck.random() < 0.15:
            self.run_action(background.Adopt(), background.Adopt().draw(draw), None)
        self.newsroom.advance(draw.pick([1, 5, 15, 31, 60, 300]))
        self.state.now = self.newsroom.now
        self.told.append(f"it is {self.newsroom.now:%d %b %H:%M}")
        if draw.chance(8):
            self.run_action(background.RunDue(), {}, None)

    def act_concurrently(self, luck: int) -> None:
        """Two or three conflicting actions run concurrently."""
        draw = self.draw(luck)
        hot = concurrency.FocusedChooser(draw.luck, draw.state, draw.people, draw.desks).focus_on(draw.live_claim())
        group = draw.pick(self.groups or sorted(concurrency.CONFLICT_GROUPS))
        attempts = [
            self.attempt(hot, draw.pick(concurrency.CONFLICT_GROUPS[group])())
            for _ in range(draw.luck.choice([2, 2, 3]))
        ]
        self.run_concurrently([attempt for attempt in attempts if attempt])

    # Helpers

    def draw(self, luck: int) -> Chooser:
        """Random choices, from a number that hypothesis chose, and others at each step: it likes to repeat a number."""
        chance = Random(luck * 1000 + len(self.told))  # noqa: S311
        return Chooser(chance, self.state, self.newsroom.people, list(self.newsroom.desks))

    def random_action(self, luck: int, *specs: Any) -> None:
        """A random action of these modules; mostly one that has an object."""
        draw = self.draw(luck)
        if self.biased_to and draw.chance(5):
            getattr(self, self.biased_to)(draw.luck.getrandbits(32))
            return
        actions = [action() for spec in specs for action in spec.ACTIONS]
        possible = [action for action in actions if action.possible(self.state)]
        action = draw.pick(possible if possible and draw.usually() else actions)
        if possible and draw.chance(4):  # the least frequent action in this newsroom
            action = min(
                draw.luck.sample(possible, len(possible)),
                key=lambda candidate: self.done_here[calls.label(type(candidate))],
            )
        attempt = self.attempt(draw, action)
        if attempt:
            self.run_action(attempt.action, attempt.arguments, attempt.actor)

    def attempt(self, draw: Chooser, act: Action) -> Attempt | None:
        """A random actor and arguments."""
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
        """The next step toward a goal, by a permitted user; sometimes by one with the role who is excluded."""
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
        """Finish all work, and check everything once more."""
        if not hasattr(self, "state") or getattr(self, "failed", False):
            return
        with self.model_violations_reported():
            quiescence.drain_and_check(self)
