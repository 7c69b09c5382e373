"""A newsroom with a row of every kind, for tests that visit all pages."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from editorial.models import (
    Correction,
    CorroborationPolicy,
    Delivery,
    Desk,
    Event,
    Membership,
    MessageKind,
    Notification,
    NotificationRecord,
    OutboxMessage,
    Relay,
    ReviewTask,
    Signoff,
)
from editorial.workflow.evidence import briefings, exhibits, statements
from editorial.workflow.imports import imports, scheduled_imports
from editorial.workflow.ops import webhooks
from editorial.workflow.people import chat_channels, subscriptions
from editorial.workflow.review import comments, replies
from editorial.workflow.stories import restrictions, saved_searches
from tests.support import incoming_mail
from tests.support.cast import Room

SECRET_NAME, SECRET_KNOWN_BY = "Johanna Quillfeather", "born 3 May 1961"
SCRIPT = "<script>alert('claim')</script>"


def create_row_of_each_kind(room: Room) -> dict[str, Any]:
    """One row of each kind, by name."""
    rosa = room.people["rosa"]
    party = room.person("Mayor Bram Holt")
    claim = room.claim(f"The gate was open. {SCRIPT}", adverse_to=[party.pk])
    unnamed = room.person(
        "a sluice engineer", unnamed=True, identity_name=SECRET_NAME, identity_known_by=SECRET_KNOWN_BY
    )
    first = room.says(unnamed, claim, quote=f"I saw it. {SCRIPT}")
    room.says(room.person(), claim)
    outlet = room.source("outlet", "Harbour Gazette")
    derived = room.says(outlet, claim, directness="relayed", obtained_by="external")
    statements.relay(derived_id=derived.pk, origin_id=first.pk, actor=rosa, now=room.now)
    room.says(party, claim, "denies")
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="Was it open?", sent_at=room.now - timedelta(hours=9),
        deadline_at=room.now - timedelta(hours=1), actor=rosa, now=room.now,
    )  # fmt: skip
    replies.answer(request_id=request.pk, outcome="declined", actor=rosa, now=room.now)
    waiting = replies.send(
        to_id=party.pk, covers=[claim.pk], question="And the keys?", deadline_at=room.now + timedelta(hours=2),
        reason="It runs tonight.", actor=rosa, now=room.now,
    )  # fmt: skip
    received = incoming_mail.receive(room, waiting, f"No. {SCRIPT}")
    exhibit = exhibits.attach(
        desk_id=room.desk.pk,
        title="Log",
        file=BytesIO(b"<h1>log</h1>"),
        statement_id=first.pk,
        actor=rosa,
        now=room.now,
    )
    pasted = exhibits.attach(desk_id=room.desk.pk, title="Mail", text=SCRIPT, actor=rosa, now=room.now)
    briefing = briefings.record(desk_id=room.desk.pk, name="Friday call", actor=rosa, now=room.now)
    batch = imports.start(
        desk_id=room.desk.pk, kind="page", url="https://gazette.example/1", text=f"The sluice.\n\nIt broke. {SCRIPT}",
        actor=rosa, now=room.now,
    )  # fmt: skip
    sheet = imports.start(
        desk_id=room.desk.pk, kind="claims_sheet", actor=rosa, now=room.now,
        file=BytesIO(f"text;risk\n{SCRIPT};grave\nIt rained.;\nIt rained.;\n".encode()),
    )  # fmt: skip
    room.settle()
    signed = room.verified("The lock was broken.")
    story = room.published(signed)
    statements.end(
        ended="withdrawn", statement_id=signed.statements.first().pk, reason="Phoned.", actor=rosa, now=room.now
    )
    room.settle()
    restrictions.restrict_claim(
        claim_id=claim.pk, kind="court", reason=f"An order. {SCRIPT}", actor=room.people["lara"], now=room.now
    )
    draft = room.story(claim, relies_on=[str(first.pk)])
    room.settle()
    thread = comments.add(claim_id=claim.pk, text=f"Who has the keys? {SCRIPT}", actor=rosa, now=room.now)
    comments.add(statement_id=first.pk, text=f"When? {SCRIPT}", actor=rosa, now=room.now)
    comments.add(story_id=draft.pk, text=f"Shorter, please. {SCRIPT}", actor=rosa, now=room.now)
    comments.add(reply_to_id=thread.pk, text=f"The guard. {SCRIPT}", actor=room.people["edith"], now=room.now)
    comments.edit(comment_id=thread.pk, text=f"Who had the keys? {SCRIPT}", actor=rosa, now=room.now)
    event = Event.objects.latest("id")
    webhook, _ = webhooks.add(
        desk_id=room.desk.pk, url="https://hooks.example/1", actor=room.people["ada"], now=room.now
    )
    scheduled = scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url="https://gazette.example/feed", actor=rosa, now=room.now
    )
    followed = subscriptions.follow(claim_id=claim.pk, actor=rosa, now=room.now)
    chat = chat_channels.add(url="ntfys://ntfy.example/gates", actor=rosa, now=room.now)
    saved = saved_searches.save(name=f"Gates {SCRIPT}", q=f"gate {SCRIPT}", actor=rosa, now=room.now)
    emailed = incoming_mail.answer_email(claim, rosa, f"Ask her. {SCRIPT}", now=room.now)
    notice = Notification.objects.create(
        event=event, user=rosa, subject=f"Look {SCRIPT}", body="At the gate.", path="/admin/", created_at=room.now
    )
    unsent = {"event": event, "state": "failed", "settled_at": room.now, "error": "SMTP_550"}
    notice.email = Delivery.objects.create(notification=notice, channel="mail", **unsent)
    notice.save()
    record = NotificationRecord.objects.get(pk=notice.pk)
    delivery = Delivery.objects.create(endpoint=webhook, channel="webhook", **unsent)
    job = OutboxMessage.objects.create(
        kind=MessageKind.NOTIFY.value, reference=str(event.pk), state="dead", attempts=5,
        created_at=room.now, available_at=room.now, error="OSError",
    )  # fmt: skip
    return {
        "claim": claim, "signed": signed, "story": story, "draft": draft, "source": unnamed, "statement": first,
        "relay": Relay.objects.get(), "request": waiting, "exhibit": exhibit, "pasted": pasted, "briefing": briefing,
        "task": ReviewTask.objects.filter(claim=claim).first(), "signoff": Signoff.objects.first(),
        "correction": Correction.objects.first(), "policy": CorroborationPolicy.objects.first(), "event": event,
        "notice": notice, "letter": job, "user": rosa, "membership": Membership.objects.first(),
        "desk": Desk.objects.first(), "import": batch, "sheet": sheet, "drafted": batch.rows.get().story,
        "webhook": webhook, "delivery": delivery, "record": record, "followed": followed, "saved": saved,
        "chat": chat, "scheduled": scheduled, "emailed": emailed,
        "comment": thread, "received": received,
    }  # fmt: skip
