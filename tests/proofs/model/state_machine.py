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
from tests.proofs.model.spec.actions import Act, Attempt, Chooser
from tests.proofs.model.step import Stepping

luck = st.integers(0, 2**32 - 1)

# What goes on; what is named twice goes on twice as often.
WHAT = [
    "tell_stories", "keep_claims", "gather", "know_sources", "ask_and_review", "sign",
    "see_a_claim_through", "see_a_claim_through", "see_a_story_through", "see_a_story_through",
    "upset", "upset", "give_up", "work", "work", "pass_time", "meet",
]  # fmt: skip


class Machine(Stepping, RuleBasedStateMachine):
    """One newsroom. What stands below is set by whoever runs it."""

    bent: ClassVar[str] = ""  # one of WHAT that goes on instead of every second verb
    groups: ClassVar[tuple[str, ...]] = ()  # of bouts; every group unless stated

    @initialize(luck=luck)
    def open(self, luck: int) -> None:
        """An empty newsroom, at nine in the morning."""
        assume(luck)  # hypothesis begins with the simplest of all: one thing, again and again
        self.begin()

    @rule(what=st.sampled_from(WHAT), luck=luck)
    def go_on(self, what: str, luck: int) -> None:
        """One rule for all, because hypothesis leaves out half of several: then nothing would ever be printed."""
        getattr(self, what)(luck)

    # What people do

    def tell_stories(self, luck: int) -> None:
        self.anything(luck, stories, publication)

    def keep_claims(self, luck: int) -> None:
        self.anything(luck, claims)

    def gather(self, luck: int) -> None:
        self.anything(luck, statements)

    def know_sources(self, luck: int) -> None:
        self.anything(luck, sources)

    def ask_and_review(self, luck: int) -> None:
        self.anything(luck, replies, review_tasks)

    def sign(self, luck: int) -> None:
        self.anything(luck, signoffs)

    def see_a_claim_through(self, luck: int) -> None:
        self.errand(luck, goals.next_for_a_claim)

    def see_a_story_through(self, luck: int) -> None:
        self.errand(luck, goals.next_for_a_story)

    def upset(self, luck: int) -> None:
        """What stood until now."""
        if self.draw(luck).chance(7):
            self.errand(luck, goals.upset)
        else:
            self.errand(luck, goals.next_for_a_claim)

    def give_up(self, luck: int) -> None:
        """One question fewer."""
        self.errand(luck, goals.give_up)

    # What happens by itself

    def work(self, luck: int) -> None:
        """The workers do a few of the oldest things that wait."""
        for _ in range(1 + luck % 3):
            given = self.piece_of_work(self.draw(luck).luck)
            if given:
                self.alone(background.Work(), given, None)

    def pass_time(self, luck: int) -> None:
        """The clock goes on, and mostly the clock's own work is done."""
        draw = self.draw(luck)
        if draw.luck.random() < 0.15:
            self.alone(background.Adopt(), background.Adopt().draw(draw), None)
        self.house.wait(draw.one([1, 5, 15, 31, 60, 300]))
        self.state.now = self.house.now
        self.told.append(f"it is {self.house.now:%d %b %H:%M}")
        if draw.chance(8):
            self.alone(background.Sweep(), {}, None)

    def meet(self, luck: int) -> None:
        """Two or three do things that get in each other's way."""
        draw = self.draw(luck)
        hot = concurrency.Hot(draw.luck, draw.state, draw.people, draw.desks).about(draw.live_claim())
        group = draw.one(self.groups or sorted(concurrency.GROUPS))
        attempts = [
            self.attempt(hot, draw.one(concurrency.GROUPS[group])()) for _ in range(draw.luck.choice([2, 2, 3]))
        ]
        self.at_once([attempt for attempt in attempts if attempt])

    # How

    def draw(self, luck: int) -> Chooser:
        """Chance, by one number that hypothesis chose."""
        return Chooser(Random(luck), self.state, self.house.people, list(self.house.desks))  # noqa: S311

    def anything(self, luck: int, *nouns: Any) -> None:
        """One of the verbs of these nouns; mostly one that there is something to do to."""
        draw = self.draw(luck)
        if self.bent and draw.chance(5):
            getattr(self, self.bent)(draw.luck.getrandbits(32))
            return
        acts = [act() for noun in nouns for act in noun.ACTS]
        ripe = [act for act in acts if act.ripe(self.state)]
        act = draw.one(ripe if ripe and draw.often() else acts)
        if ripe and draw.chance(4):  # what was done least in this newsroom
            act = min(draw.luck.sample(ripe, len(ripe)), key=lambda one: self.done_here[calls.label(type(one))])
        attempt = self.attempt(draw, act)
        if attempt:
            self.alone(attempt.verb, attempt.given, attempt.actor)

    def attempt(self, draw: Chooser, act: Act) -> Attempt | None:
        """Somebody and something to do it to."""
        if isinstance(act, background.Background):
            given = self.piece_of_work(draw.luck) if isinstance(act, background.Work) else {}
            return Attempt(act, None, given, self.state, self.in_force) if given is not None else None
        given = act.draw(draw)
        return Attempt(act, draw.actor(act, given, self.in_force), given, self.state, self.in_force) if given else None

    def errand(self, luck: int, goal: Any) -> None:
        """The next thing toward something, by somebody who may; now and then by who has the role and may not."""
        draw = self.draw(luck)
        errand = goal(draw, self.in_force)
        if errand is None or errand[1] is None:
            return
        act, given = errand
        tried = [Attempt(act, person, given, self.state, self.in_force) for person in draw.shuffled()]
        entitled = [attempt for attempt in tried if draw.entitled(attempt)]
        tempted = draw.chance(3)
        for attempt in entitled:
            if bool(attempt.grounds()) == tempted:
                self.alone(act, given, attempt.actor)
                return
        if tempted and entitled:
            self.alone(act, given, entitled[0].actor)

    def piece_of_work(self, luck: Random) -> dict[str, Any] | None:
        """Fairly: one of the oldest."""
        waiting = self.house.waiting()
        return self.house.begin(luck.randrange(min(3, len(waiting)))) if waiting else None

    def teardown(self) -> None:
        """Let all work be done, and look at everything once more."""
        if not hasattr(self, "state") or getattr(self, "failed", False):
            return
        with self.outside_of_the_model():
            quiescence.come_to_rest(self)
