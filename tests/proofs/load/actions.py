"""What people and workers do to a claim and a story, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from editorial import outbox
from editorial.models import MessageKind
from editorial.notifications import notices
from editorial.workflow.evidence import statements
from editorial.workflow.review import assessments, signoffs, tasks
from editorial.workflow.stories import publication, stories
from tests.support.cast import Room

Step = tuple[str, Callable[[], Any]]


def steps(room: Room) -> Iterator[Step]:
    """Each step by name; the caller runs it before it asks for the next one."""
    people, now = room.people, room.now
    claim = room.claim("The gate stood open all night.")
    for _ in range(2):
        source = room.person()
        yield "record", partial(room.says, source, claim)
    yield from _jobs(room)
    yield "propose", partial(signoffs.propose, claim_id=claim.pk, actor=people["felix"], now=now)
    proposal = claim.signoffs.get()
    yield "approve", partial(signoffs.approve, signoff_id=proposal.pk, actor=people["edgar"], now=now)
    story = room.story(claim)
    yield "submit", partial(stories.submit, story_id=story.pk, actor=people["rosa"], now=now)
    yield "clear", partial(stories.clear, story_id=story.pk, actor=people["edith"], now=now)
    yield "publish", partial(publication.publish, story_id=story.pk, actor=people["edith"], now=now)
    statement = claim.statements.earliest("pk")
    yield (
        "withdraw",
        partial(
            statements.end,
            ended="withdrawn",
            statement_id=statement.pk,
            reason="Phoned.",
            actor=people["rosa"],
            now=now,
        ),
    )
    yield from _jobs(room)
    for name in ("rosa", "felix", "lara"):
        for queue in (None, "investigate", "corroborate"):
            yield f"take next as {name}", partial(tasks.take_next, queue=queue, actor=people[name], now=now)


def _jobs(room: Room) -> Iterator[Step]:
    """The jobs that wait, as the workers would run them. Nothing is delivered."""
    while messages := outbox.claim_batch(now=room.now):
        for message, kind, *_ in messages:
            if effect := _EFFECTS.get(kind):
                yield kind.value, partial(outbox.run_message, message, effect, clock=lambda: room.now)


_EFFECTS: dict[MessageKind, Callable[..., Any]] = {
    MessageKind.ASSESS_CLAIM: lambda claim, now: assessments.reassess(claim_id=claim, now=now),
    MessageKind.REEVALUATE_STORY: lambda story, now: publication.reevaluate(story_id=story, now=now),
    MessageKind.NOTIFY: lambda event, now: notices.notify(event_id=event, now=now),
}
