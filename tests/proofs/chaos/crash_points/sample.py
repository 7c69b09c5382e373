"""The newsroom of the crash points: the rows that each write needs exist once, and all jobs are done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from editorial import backlog, outbox
from editorial.models import (
    Delivery,
    Desk,
    Event,
    Membership,
    MessageKind,
    Notification,
    UnmaskRequest,
    User,
    WebhookEndpoint,
)
from editorial.notifications import notices
from editorial.policy.roles import Scope
from editorial.workflow.evidence import claim_distinctions, sources, statements
from editorial.workflow.evidence.confidentiality import unmasking
from editorial.workflow.imports import imports, scheduled_imports
from editorial.workflow.ops import webhooks
from editorial.workflow.people import account_changes, duty_shifts, subscriptions
from editorial.workflow.review import assessments, comments, replies, signoffs, task_offers, tasks
from editorial.workflow.stories import (
    merging,
    publication,
    restrictions,
    saved_searches,
    scheduled_corrections,
    stories,
)
from tests.api.conftest import create_token
from tests.support import incoming_mail
from tests.support.cast import AT_EVERY_DESK, AT_POLITICS, Room

_AT_EVERY_DESK = {"cleo": ["standards_editor"]}  # adopts policies
_HANDLERS = {
    MessageKind.ASSESS_CLAIM: lambda claim, now: assessments.reassess(claim_id=claim, now=now),
    MessageKind.REEVALUATE_STORY: lambda story, now: publication.reevaluate(story_id=story, now=now),
    MessageKind.NOTIFY: lambda event, now: notices.notify(event_id=event, now=now),
    MessageKind.IMPORT: lambda begun, now: imports.file_next(import_id=begun, now=now),
}


def build() -> dict[str, dict[str, str]]:
    """Create the users and their work. Returns each user's token, and the ids of the rows by name."""
    desk = Desk.objects.create(name="Politics", slug="politics")
    people = {name: _create_user(name, roles, desk) for name, roles in AT_POLITICS.items()}
    people |= {name: _create_user(name, roles, None) for name, roles in {**AT_EVERY_DESK, **_AT_EVERY_DESK}.items()}
    room = Room(desk, people)
    room.now = timezone.now() - timedelta(hours=1)
    rows = {"desk": desk, **_claims(room), **_sources(room), **_stories(room), **_signoffs(room), **_tasks(room)}
    rows["notice"] = Notification.objects.create(
        event=Event.objects.latest("id"), user=people["rosa"], subject="Look", body="Here.", created_at=room.now
    )
    rows |= _pending_tasks(room, rows["claim"])
    run_workers()
    _bury_the_rest()
    return {
        "tokens": {name: create_token(person, list(Scope)) for name, person in people.items()},
        "things": {name: str(row.pk) for name, row in (rows | people).items()},
    }


def run_workers() -> None:
    """Run the jobs of the outbox, as dispatcher and workers would, except those that contact other systems."""
    while jobs := outbox.claim_batch(now=timezone.now()):
        for job in jobs:
            if job.kind in _HANDLERS:
                outbox.run_message(job.message, _HANDLERS[job.kind], clock=timezone.now)


def _bury_the_rest() -> None:
    """Jobs that contact other systems would otherwise be dispatched again later, in some runs and not in others."""
    for kind in set(MessageKind) - set(_HANDLERS):
        with transaction.atomic():
            backlog.bury_all(kind, "It stays outside.")


def _pending_tasks(room: Room, claim: Any) -> dict[str, Any]:
    """Pending work: a claim is followed, a webhook is added to the desk, a feed is being fetched."""
    rosa, ada = room.people["rosa"], room.people["ada"]
    followed = subscriptions.follow(claim_id=claim.pk, actor=rosa, now=room.now)
    saved_search = saved_searches.save(name="Gates", q="gate", actor=rosa, now=room.now)
    endpoint, _ = webhooks.add(desk_id=room.desk.pk, url="https://hooks.example/1", actor=ada, now=room.now)
    paused_endpoint, _ = webhooks.add(desk_id=room.desk.pk, url="https://hooks.example/3", actor=ada, now=room.now)
    WebhookEndpoint.objects.filter(pk=paused_endpoint.pk).update(paused_at=room.now)
    event, unsent = Event.objects.earliest("id"), {"state": "failed", "settled_at": room.now}
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, channel="webhook", **unsent)
    notice = Notification.objects.create(event=event, user=rosa, subject="News", body="News.", created_at=room.now)
    notice.email = Delivery.objects.create(notification=notice, event=event, channel="mail", **unsent)
    notice.save()
    feed = {"desk_id": room.desk.pk, "kind": "feed", "url": "https://gazette.example/feed"}
    fetching = imports.start(**feed, actor=rosa, now=room.now)
    schedule = {"desk_id": room.desk.pk, "kind": "feed", "actor": rosa, "now": room.now}
    scheduled = scheduled_imports.add(**schedule, url="https://gazette.example/feed")
    paused = scheduled_imports.add(**schedule, url="https://coast.example/feed")
    scheduled_imports.pause(scheduled_import_id=paused.pk, actor=rosa, now=room.now)
    change = account_changes.request(
        user_id=room.people["cuno"].pk, kind="role", role="lawyer", reason="She is away.", actor=ada, now=room.now
    )
    edgar = room.people["edgar"]
    night = {"starts_at": room.now + timedelta(days=1), "ends_at": room.now + timedelta(days=2)}
    shift = duty_shifts.assign(
        desk_id=room.desk.pk, editor_id=edgar.pk, **night, actor=room.people["edith"], now=room.now
    )
    open_thread, resolved_thread = (
        comments.add(claim_id=claim.pk, text="Who saw it?", actor=rosa, now=room.now) for _ in range(2)
    )
    comments.resolve(comment_id=resolved_thread.pk, actor=rosa, now=room.now)
    return {
        "open_thread": open_thread,
        "resolved_thread": resolved_thread,
        "account_change": change,
        "followed": followed,
        "saved_search": saved_search,
        "endpoint": endpoint,
        "paused_endpoint": paused_endpoint,
        "delivery": delivery,
        "unsent": notice,
        "fetching": fetching,
        "scheduled_import": scheduled,
        "paused_import": paused,
        "shift": shift,
        "edgar": edgar,
    }


def _create_user(name: str, roles: list[str], desk: Desk | None) -> User:
    person = User.objects.create(username=name, email=f"{name}@newsroom.example", password="!")
    Membership.objects.bulk_create(Membership(user=person, desk=desk, role=role) for role in roles)
    return person


def _claims(room: Room) -> dict[str, Any]:
    """Claims, their statements and reply requests."""
    rosa = room.people["rosa"]
    party = room.person("Mayor Bram Holt")
    claim = room.claim("The gate was open.", adverse_to=[party.pk])
    first = room.says(room.person(), claim, quote="I saw it.")
    derived = room.says(room.source("outlet", "Harbour Gazette"), claim, directness="relayed", obtained_by="external")
    repeating = room.says(room.source("outlet", "Coast Radio"), claim, directness="relayed", obtained_by="external")
    relay = statements.relay(derived_id=repeating.pk, origin_id=first.pk, actor=rosa, now=room.now)
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it open?", deadline_at=room.now + timedelta(hours=8),
        actor=rosa, now=room.now,
    )  # fmt: skip
    ended = room.says(room.person(), claim)
    statements.end(statement_id=ended.pk, ended="withdrawn", reason="Phoned.", actor=rosa, now=room.now)
    other = room.claim("The other gate was open.")
    claim_distinctions.mark_distinct(
        claim_id=claim.pk, other_id=other.pk, reason="Another gate.", actor=rosa, now=room.now
    )
    return {
        "party": party, "ended": ended, "claim": claim, "distinct_claim": other,
        "same_claim": room.claim("The gate stood open."),
        "first": first,
        "derived": derived, "relay": relay, "asked": request, "received": incoming_mail.receive(room, request),
        "statement": room.denied(claim),
        "utterance": room.claim("Ada Kern said that the gate was open.", kind="utterance"),
        "simple_claim": room.claim("The lock was old and the gate was open."),
    }  # fmt: skip


def _sources(room: Room) -> dict[str, Any]:
    hidden = room.person(
        "a sluice engineer", unnamed=True, identity_name="Johanna Quill", identity_known_by="born 3 May 1961"
    )
    merged, into = room.person("B. Holm"), room.person("Bente Holm")
    sources.merge(source_id=merged.pk, into_id=into.pk, reason="One person.", actor=room.people["edith"], now=room.now)
    request = unmasking.request_unmask(
        source_id=hidden.pk, reason="A court asks.", actor=room.people["cuno"], now=room.now
    )
    UnmaskRequest.objects.filter(pk=request.pk).update(expires_at=room.now + timedelta(days=1))  # all tries take hours
    return {
        "merged_source": merged,
        "unmask_request": request,
        "source": room.person("Ada Kern"),
        "same_source": room.person("A. Kern"),
        "paper": room.paper(authenticated=False),
        "unknown": room.source("person", "a lock-keeper", unnamed=True, by="rosa"),
        "hidden": hidden,
    }


def _stories(room: Room) -> dict[str, Any]:
    """A story in each state."""
    rosa, edith = room.people["rosa"], room.people["edith"]
    claim, unlogged = room.verified("The keys were lost."), room.corroborated("Nobody kept the log.")
    asked_late = room.verified("The mayor knew.", adverse_to=[(party := room.person("Mayor Ines Holt")).pk])
    rows = {
        "draft": room.story(claim),
        "submitted": room.story(claim),
        "cleared": room.cleared(claim),
        "claimless": room.cleared(),
        "attributing": room.cleared(unlogged, mode="attributed"),
        "held_back": room.cleared(asked_late),
        "published": room.published(claim),
        "withdrawn_from": room.published(withdrawn := room.verified("The pump was off.")),
    }
    rows |= _stories_to_lead_back(room, claim)
    restricted, barred = room.claim("The heir is twelve."), room.story()
    banned = {"kind": "minor", "reason": "The press code.", "actor": room.people["lara"], "now": room.now}
    rows |= {
        "restricted": restricted, "ban": restrictions.restrict_claim(claim_id=restricted.pk, **banned),
        "barred": barred, "story_ban": restrictions.restrict_story(story_id=barred.pk, **banned),
    }  # fmt: skip
    stories.submit(story_id=rows["submitted"].pk, actor=rosa, now=room.now)
    replies.send(
        to_id=party.pk, covers=[asked_late.pk], question="Were you?", deadline_at=room.now + timedelta(hours=30),
        actor=rosa, now=room.now,
    )  # fmt: skip
    statement = withdrawn.statements.first()
    room.settle()
    publication.withhold(story_id=rows["withdrawn_from"].pk, reason="Phoned.", actor=edith, now=room.now)
    assert statement is not None
    room.settle()
    return rows | {"unlogged": unlogged, "reported": room.corroborated("The siren was late.")}


def _stories_to_lead_back(room: Room, claim: Any) -> dict[str, Any]:
    """Stories that leave a schedule, a spike or a desk, and the other desk."""
    edith, at = room.people["edith"], {"at": room.now + timedelta(days=3650), "time_zone": "UTC"}
    by = {"actor": edith, "now": room.now}
    rows: dict[str, Any] = {
        "scheduled": room.cleared(claim),
        "spiked": room.story(claim),
        "merged": room.story(claim),
        "kept": room.story(claim),
        "withheld": room.published(claim),
        "correcting": room.published(claim),
        "other_desk": Desk.objects.create(name="City", slug="city"),
    }
    Membership.objects.create(user=edith, desk=rows["other_desk"], role="editor")
    stories.schedule(story_id=rows["scheduled"].pk, **at, **by)
    stories.spike(story_id=rows["spiked"].pk, reason="Old.", **by)
    merging.merge(story_id=rows["merged"].pk, into_id=rows["kept"].pk, reason="One.", **by)
    publication.withhold(story_id=rows["withheld"].pk, reason="A call.", **by)
    scheduled_corrections.schedule_correction(story_id=rows["correcting"].pk, text="Ajar.", **at, **by)
    return rows


def _signoffs(room: Room) -> dict[str, Any]:
    felix = room.people["felix"]
    proposed = signoffs.propose(claim_id=room.corroborated("The wind turned.").pk, actor=felix, now=room.now)
    rejected = signoffs.propose(claim_id=room.corroborated("The tide rose.").pk, actor=felix, now=room.now)
    return {
        "proposed": proposed,
        "to_reject": rejected,
        "corroborated": room.corroborated("The bell rang."),
        "serious": room.corroborated("The mayor knew.", risk="serious"),
    }


def _tasks(room: Room) -> dict[str, Any]:
    felix = room.people["felix"]
    room.settle()
    taken_tasks = [tasks.take_next(actor=felix, now=timezone.now()) for _ in range(3)]
    open_ones = task_offers.doable_by(felix).order_by("id")
    assert all(taken_tasks)
    assert open_ones
    held, to_finish, to_release = taken_tasks
    waiting = {"open": open_ones[0], "also_open": open_ones[1], "reviewer": felix}
    return {"held": held, "to_finish": to_finish, "to_release": to_release, **waiting}
