"""Random changes of a newsroom, for tests of incremental sync."""

from __future__ import annotations

import random
from typing import Any

from editorial.models import Claim, Comment, Desk, Relay, Source, Statement, Story
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import comments, signoffs, tasks
from editorial.workflow.stories import stories
from tests.support.cast import Room


def add_city_role(room: Room) -> Story:
    """A story at the city desk, by a user who sees the claims of politics."""
    return stories.pitch(
        desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=room.people["hugo"], now=room.now
    )


def file_claim(room: Room, dice: random.Random) -> None:
    room.claim(f"Claim {dice.random()}.")


def record(room: Room, dice: random.Random) -> None:
    room.says(_any(dice, Source.objects.filter(type="person")), _any_claim(dice), dice.choice(["affirms", "denies"]))


def register(room: Room, dice: random.Random) -> None:
    room.person(f"Somebody {dice.random()}")


def protect(room: Room, dice: random.Random) -> None:
    named = _any(dice, Source.objects.filter(unnamed=False, type="person"))
    known_by = {"identity_name": f"Person {named.pk}", "identity_known_by": "born once"}
    sources.protect(source_id=named.pk, name="an aide", **known_by, actor=room.people["rosa"], now=room.now)


def use_elsewhere(room: Room, dice: random.Random) -> None:
    room.use(add_city_role(room), [_any_claim(dice) for _ in range(2)])


def drop_uses(room: Room, dice: random.Random) -> None:
    room.use(_any(dice, Story.objects.filter(uses__isnull=False).distinct()), [])


def move(room: Room, dice: random.Random) -> None:
    statement = _any(dice, Statement.objects.filter(relays=None, relayed_by=None))
    statements.move(statement_id=statement.pk, claim_id=_any_claim(dice).pk, actor=room.people["rosa"], now=room.now)


def relay(room: Room, dice: random.Random) -> None:
    claim, stance = _any_claim(dice), "affirms"
    first = room.says(room.person(), claim, stance)
    again = room.says(room.person(), claim, stance, directness="relayed")
    statements.relay(derived_id=again.pk, origin_id=first.pk, actor=room.people["rosa"], now=room.now)


def undo_relay(room: Room, dice: random.Random) -> None:
    link = _any(dice, Relay.objects.all())
    statements.undo_relay(relay_id=link.pk, reason="Not so.", actor=room.people["rosa"], now=room.now)


def merge(room: Room, dice: random.Random) -> None:
    claim, other = _any_claim(dice), _any_claim(dice)
    claims.merge(claim_id=claim.pk, into_id=other.pk, actor=room.people["felix"], now=room.now)


def settle(room: Room, dice: random.Random) -> None:
    room.settle()


def sign(room: Room, dice: random.Random) -> None:
    signoffs.read_standards(claim_id=_any_claim(dice).pk, actor=room.people["stan"], now=room.now)


def take_task(room: Room, dice: random.Random) -> None:
    tasks.take_next(actor=room.people["felix"], now=room.now)


def write_comment(room: Room, dice: random.Random) -> None:
    on = dice.choice(
        [
            {"claim_id": _any_claim(dice).pk},
            {"statement_id": _any(dice, Statement.objects.all()).pk},
            {"story_id": _any(dice, Story.objects.all()).pk},
        ]
    )
    comments.add(text="Who saw it?", **on, actor=room.people["hugo"], now=room.now)


def resolve_thread(room: Room, dice: random.Random) -> None:
    thread = _any(dice, Comment.objects.filter(reply_to=None))
    comments.resolve(comment_id=thread.pk, actor=room.people["hugo"], now=room.now)


WRITES = [
    write_comment,
    resolve_thread,
    file_claim,
    record,
    register,
    protect,
    use_elsewhere,
    drop_uses,
    move,
    relay,
    undo_relay,
    merge,
    settle,
    sign,
]


def _any(dice: random.Random, rows: Any) -> Any:
    return dice.choice(list(rows.order_by("pk")))


def _any_claim(dice: random.Random) -> Any:
    return _any(dice, Claim.objects.filter(merged_into=None, dropped_at=None))
