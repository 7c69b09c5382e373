from datetime import timedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import replies


def count(captured):
    nested = ("SAVEPOINT", "SET CONSTRAINTS")
    return len([q for q in captured.captured_queries if not any(w in q["sql"] for w in nested)])


def test_count(room):
    people, now = room.people, room.now
    desk = room.desk
    room.settle()
    with CaptureQueriesContext(connection) as captured:
        made = [sources.register(desk_id=desk.pk, type="person", name=f"Person {n}", actor=people["rosa"], now=now) for n in range(3)]
        a = count(captured)
        claim = claims.file(desk_id=desk.pk, text="The mayor took the money.", kind="content", risk="serious", adverse_to=[made[2].pk], actor=people["rosa"], now=now)
        b = count(captured)
        for source in made[:2]:
            statements.record(claim_id=claim.pk, source_id=source.pk, stance="affirms", directness="first_hand", quote="I saw it.", actor=people["rosa"], now=now)
        c = count(captured)
        replies.send(to_id=made[2].pk, covers=[claim.pk], question="Did you take it?", specific=True, channel="email", deadline_at=now + timedelta(days=2), actor=people["rosa"], now=now)
        d = count(captured)
    with CaptureQueriesContext(connection) as captured:
        room.settle()
    print("COUNTS", a, b, c, d, count(captured))
