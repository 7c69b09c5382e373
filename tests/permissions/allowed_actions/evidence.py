"""Actions on claims, statements, exhibits, imports and sources."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from editorial.models import (
    MatchingLock,
)
from editorial.policy.actions import Action
from editorial.workflow.evidence import (
    briefings,
    claim_distinctions,
    claims,
    exhibits,
    source_repairs,
    sources,
    statement_repairs,
    statements,
)
from editorial.workflow.evidence.confidentiality import matching, sealing, unmasking
from editorial.workflow.imports import imports, scheduled_imports
from editorial.workflow.stories import (
    restrictions,
)
from tests.support.cast import Room


def claim_actions(room: Room) -> dict[Action, Any]:
    """By action: the row, the function and its arguments."""
    claim, other = room.claim(), room.claim("The gate stood open.")
    said = room.claim("Fenn said that the gate stood open.", kind="utterance")
    distinct = room.claim("Another gate stood open.")
    claim_distinctions.mark_distinct(
        claim_id=claim.pk, other_id=distinct.pk, reason="Another.", actor=room.people["rosa"], now=room.now
    )
    recorded = room.says(room.person(), claim)
    repeat = room.says(room.source("outlet"), claim, directness="relayed")
    it, by_statement = {"claim_id": claim.pk}, {"statement_id": recorded.pk}
    reason, ban = {"reason": "So be it."}, {"kind": "court", "reason": "An order."}
    banned = restrictions.restrict_claim(**it, **ban, actor=room.people["lara"], now=room.now)
    new = {"desk_id": room.desk.pk, "text": "The dam held."}
    statement = {"source_id": room.person().pk, "stance": "affirms", "directness": "first_hand"}
    archived = {"desk_id": room.desk.pk, "title": "Log", "text": "Open."}
    sheet = {"desk_id": room.desk.pk, "kind": "claims_sheet"}
    rosa = room.people["rosa"]
    ended, linked = room.says(room.person(), claim), room.says(room.person(), claim)
    statements.end(statement_id=ended.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=room.now)
    linked_repeat = room.says(room.source("outlet"), claim, directness="relayed")
    relay = statements.relay(derived_id=linked_repeat.pk, origin_id=linked.pk, actor=rosa, now=room.now)
    lines = BytesIO(b"text\nThe dam broke.\n")
    batch = imports.start(**sheet, file=lines, actor=rosa, now=room.now)
    url = {"url": "https://gazette.example/feed"}
    scheduled = scheduled_imports.add(desk_id=room.desk.pk, kind="feed", **url, actor=rosa, now=room.now)
    second = {"desk_id": room.desk.pk, "kind": "feed", "url": "https://coast.example/feed"}
    paused = scheduled_imports.add(**second, actor=rosa, now=room.now)
    scheduled_imports.pause(scheduled_import_id=paused.pk, actor=rosa, now=room.now)
    fetched = {"scheduled_import_id": scheduled.pk}
    return {
        Action.SEE: (claim, lambda claim_id, actor, now: claims.get_visible(claims.Claim, claim_id, actor), it),
        Action.CLAIM_FILE: (None, claims.file, new),
        Action.CLAIM_REVISE: (claim, claims.revise, it | {"text": "The gate was ajar."}),
        Action.CLAIM_CARRY: (said, claims.carry, {"claim_id": said.pk, "carries": [claim.pk]}),
        Action.CLAIM_SPLIT: (claim, claims.split, it | {"texts": ["There is a gate.", "It was open."]}),
        Action.CLAIM_MERGE: (claim, claims.merge, it | {"into_id": other.pk}),
        Action.CLAIM_MARK_DISTINCT: (claim, claim_distinctions.mark_distinct, it | reason | {"other_id": other.pk}),
        Action.CLAIM_UNMARK_DISTINCT: (
            claim,
            claim_distinctions.unmark_distinct,
            it | {"other_id": distinct.pk},
        ),
        Action.CLAIM_DROP: (claim, claims.drop, it | reason),
        Action.CLAIM_RESTRICT: (claim, restrictions.restrict_claim, it | ban),
        Action.CLAIM_LIFT_RESTRICTION: (
            claim,
            restrictions.lift_from_claim,
            it | reason | {"restriction_id": banned.pk},
        ),
        Action.STATEMENT_RECORD: (claim, statements.record, it | statement),
        Action.STATEMENT_REVISE: (claim, statements.revise, by_statement | {"quote": "It was."}),
        Action.STATEMENT_REASSIGN: (
            claim,
            statement_repairs.reassign,
            by_statement | reason | {"source_id": room.person().pk},
        ),
        Action.STATEMENT_STRIKE: (claim, statement_repairs.strike, by_statement | reason),
        Action.STATEMENT_REOPEN: (claim, statement_repairs.reopen, {"statement_id": ended.pk} | reason),
        Action.STATEMENT_UNDO_RELAY: (claim, statements.undo_relay, {"relay_id": relay.pk} | reason),
        Action.STATEMENT_END: (claim, statements.end, by_statement | reason | {"ended": "withdrawn"}),
        Action.STATEMENT_RELAY: (claim, statements.relay, {"derived_id": repeat.pk, "origin_id": recorded.pk}),
        Action.BRIEFING_RECORD: (None, briefings.record, {"desk_id": room.desk.pk, "name": "Noon call"}),
        Action.EXHIBIT_ATTACH: (None, exhibits.attach, archived),
        Action.IMPORT_START: (None, imports.start, sheet | {"file": BytesIO(b"text\nThe dam held.\n")}),
        Action.IMPORT_CANCEL: (batch, imports.cancel, {"import_id": batch.pk}),
        Action.SCHEDULED_IMPORT_ADD: (
            None,
            scheduled_imports.add,
            {"desk_id": room.desk.pk, "kind": "page", "url": "https://gazette.example/"},
        ),
        Action.SCHEDULED_IMPORT_REVISE: (
            scheduled,
            scheduled_imports.revise,
            fetched | {"interval_minutes": 60},
        ),
        Action.SCHEDULED_IMPORT_PAUSE: (scheduled, scheduled_imports.pause, fetched),
        Action.SCHEDULED_IMPORT_RESUME: (
            paused,
            scheduled_imports.resume,
            {"scheduled_import_id": paused.pk},
        ),
        Action.SCHEDULED_IMPORT_RUN: (scheduled, scheduled_imports.run, fetched),
    }


def source_actions(room: Room) -> dict[Action, Any]:
    """By action: the source or lock, the function and its arguments."""
    named, other, document = room.person(), room.person(), room.paper(authenticated=False)
    unnamed = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
    locked = MatchingLock.objects.create(
        person=room.people["ruben"], desk=room.desk, locked_at=room.now, alarm_due_at=room.now
    )
    cuno = room.people["cuno"]
    merged = room.person()
    sources.merge(source_id=merged.pk, into_id=room.person().pk, reason="One.", actor=cuno, now=room.now)
    request = unmasking.request_unmask(source_id=unnamed.pk, reason="A court.", actor=cuno, now=room.now)
    it, its, hers = {"source_id": named.pk}, {"source_id": document.pk}, {"source_id": unnamed.pk}
    reason = {"reason": "So be it."}
    veil = {"name": "a clerk", "identity_name": "Lida Fenn", "identity_known_by": "1961"}
    new = {"desk_id": room.desk.pk, "type": "person", "name": "Ben Ode"}
    return {
        Action.SOURCE_REGISTER: (None, sources.register, new),
        Action.SOURCE_REVISE: (named, sources.revise, it | {"camp": "north"}),
        Action.SOURCE_RATE: (named, sources.rate, it | {"reliability": "C"}),
        Action.SOURCE_AUTHENTICATE: (document, sources.authenticate, its | reason),
        Action.SOURCE_PROTECT: (named, sources.protect, it | veil),
        Action.SOURCE_MATCH_IDENTITY: (
            named,
            sources.match_identity,
            it | {"identity_name": "Lida Fenn", "identity_known_by": "1961"},
        ),
        Action.SOURCE_VOUCH: (unnamed, sources.vouch, hers | reason),
        Action.SOURCE_REPLACE_IDENTITY: (
            unnamed,
            sealing.replace_identity,
            hers | reason | {"identity_name": "Lida Fenn", "identity_known_by": "1961"},
        ),
        Action.SOURCE_REQUEST_UNMASK: (unnamed, unmasking.request_unmask, hers | reason),
        Action.SOURCE_APPROVE_UNMASK: (unnamed, unmasking.approve_unmask, hers | {"request_id": request.pk}),
        Action.SOURCE_UNMASK: (unnamed, unmasking.unmask, hers),
        Action.SOURCE_BREAK_GLASS: (unnamed, unmasking.break_glass, hers | reason),
        Action.MATCHING_UNLOCK: (locked, matching.unlock, {"lock_id": locked.pk} | reason),
        Action.SOURCE_UNMERGE: (merged, source_repairs.unmerge, {"source_id": merged.pk} | reason),
        Action.SOURCE_MERGE: (named, sources.merge, it | {"into_id": other.pk} | reason),
    }
