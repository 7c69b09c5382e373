"""A newsroom in which every table holds at least one row."""

from __future__ import annotations

from datetime import time, timedelta

from editorial.models import (
    AccountChange,
    Briefing,
    CircuitBreaker,
    Delivery,
    DeliveryAttempt,
    DispositiveEvidence,
    DutyShift,
    EmailPreference,
    Escalation,
    Event,
    Heartbeat,
    IdempotencyRecord,
    IntegrityFinding,
    Mailbox,
    MatchingLock,
    Notification,
    NotificationFanout,
    Passkey,
    PasskeyChallenge,
    ProviderAccount,
    ProviderSignIn,
    PublishedUse,
    QuietHours,
    RecoveryCode,
    ScanCursor,
    SecondFactor,
    Session,
    SignIn,
    Subscription,
    UnmaskRequest,
    UseEvidence,
    VisibilityLoss,
    WebhookEndpoint,
)
from editorial.workflow.evidence import claim_distinctions, claims, exhibits, statements
from editorial.workflow.imports import imports, scheduled_imports
from editorial.workflow.people import chat_channels
from editorial.workflow.review import comments, replies
from editorial.workflow.stories import publication, restrictions, saved_searches, stories
from tests.support import incoming_mail
from tests.support.cast import Room


def create_row_of_each_model(room: Room) -> None:
    """Fill every table, by actions wherever there is one."""
    rosa, edith, cora, sena = (room.people[name] for name in ("rosa", "edith", "cora", "sena"))
    party = room.person("Lida Fenn")
    claim = room.verified(adverse_to=[party.pk])
    witness = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
    relayed = room.says(witness, claim)
    repeated = room.says(room.source("outlet"), claim, directness="relayed")
    statements.relay(derived_id=repeated.pk, origin_id=relayed.pk, actor=rosa, now=room.now)
    exhibits.attach(desk_id=room.desk.pk, title="Log", text="Open.", statement_id=relayed.pk, actor=rosa, now=room.now)
    request = replies.send(
        to_id=party.pk,
        covers=[claim.pk],
        question="Was it open?",
        deadline_at=room.now + timedelta(hours=1),
        reason="It runs tonight.",
        actor=rosa,
        now=room.now,
    )
    similar = room.claim("The gate was open at noon.")
    claim_distinctions.mark_distinct(
        claim_id=claim.pk, other_id=similar.pk, reason="Another day.", actor=rosa, now=room.now
    )
    incoming_mail.receive(room, request)
    Mailbox.objects.create(kind="maildir", next_fetch_at=room.now)
    claims.split(claim_id=room.claim().pk, texts=["It was a gate.", "It was open."], actor=rosa, now=room.now)
    claims.file(
        desk_id=room.desk.pk, kind="utterance", text="Fenn said that it was open.", carries=[claim.pk], actor=rosa,
        now=room.now,
    )  # fmt: skip
    DispositiveEvidence.objects.create(source=room.paper(), claim=claim, effect="establishes")
    Briefing.objects.create(desk=room.desk, name="Noon call")
    imports.start(
        desk_id=room.desk.pk, kind="page", url="https://gazette.example/1", text="The gate.\n\nIt stood open.",
        actor=rosa, now=room.now,
    )  # fmt: skip
    scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url="https://gazette.example/feed", actor=rosa, now=room.now
    )

    thread = comments.add(claim_id=claim.pk, text="Who has the keys?", actor=rosa, now=room.now)
    comments.add(reply_to_id=thread.pk, text="The guard.", actor=edith, now=room.now)
    comments.edit(comment_id=thread.pk, text="Who had the keys?", actor=rosa, now=room.now)

    restrictions.restrict_claim(claim_id=room.claim().pk, kind="court", reason="An order.", actor=edith, now=room.now)

    room.settle()
    room.later(minutes=1)
    story = room.cleared(claim, relies_on=[str(repeated.pk)])
    stories.override(story_id=story.pk, code="E_REPLY_PENDING", reason="It is out.", actor=sena, now=room.now)
    for code in ("C_ANON_EXPLAIN",):
        stories.confirm_condition(story_id=story.pk, claim_id=claim.pk, code=code, actor=cora, now=room.now)
    publication.publish(story_id=story.pk, actor=edith, now=room.now)
    claimless = room.cleared()
    stories.confirm_no_claims(story_id=claimless.pk, actor=cora, now=room.now)
    for statement in claim.statements.all():
        statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
    room.settle()

    room.verified("The dam held.")

    event = Event.objects.earliest("id")
    notice = Notification.objects.create(event=event, user=edith, subject="News", body="News.", created_at=room.now)
    endpoint = WebhookEndpoint.objects.create(
        desk=room.desk, url="https://hooks.example/", encrypted_secret=b"x", added_by=edith, added_at=room.now
    )
    Delivery.objects.create(event=event, notification=notice, channel="mail")
    delivery = Delivery.objects.create(event=event, endpoint=endpoint, channel="webhook")
    DeliveryAttempt.objects.create(delivery=delivery, number=1, started_at=room.now, outcome="accepted", status=204)
    Subscription.objects.create(user=edith, desk=room.desk)
    chat = chat_channels.add(url="ntfys://ntfy.example/gates", actor=edith, now=room.now)
    Delivery.objects.create(event=event, chat=chat, channel="chat", collects="gate")
    saved_searches.save(name="Gates", q="gate", actor=edith, now=room.now)
    incoming_mail.answer_email(claim, edith, now=room.now)
    EmailPreference.objects.create(user=edith, kind="change", timing="daily")
    QuietHours.objects.create(user=edith, starts_at=time(22), ends_at=time(6))
    DutyShift.objects.create(
        desk=room.desk, editor=edith, starts_at=room.now, ends_at=room.now + timedelta(hours=8), assigned_by=edith,
        assigned_at=room.now,
    )  # fmt: skip
    Escalation.objects.create(stream=event.stream, step="remind", due_at=room.now, run_at=room.now)
    IdempotencyRecord.objects.create(
        user=rosa, key="k", fingerprint="f", status=200, response_encrypted=b"x", expires_at=room.now
    )
    Heartbeat.objects.create(
        process="worker", host="here", pid=1, version="1", started_at=room.now, last_seen_at=room.now
    )
    CircuitBreaker.objects.create(receiver="mail", failures=1)
    NotificationFanout.objects.create(event=event, notification_count=1, delivery_count=2, fanned_out_at=room.now)
    IntegrityFinding.objects.create(check_name="jobs.sent", subject=f"outboxmessage:{event.pk}", found_at=room.now)
    ScanCursor.objects.create(name="claims")
    VisibilityLoss.objects.create(model="claim", object_id=event.pk)
    SignIn.objects.create(at=room.now, interface="api", name_digest="d", outcome="succeeded")
    factor = SecondFactor.objects.create(user=edith, encrypted_secret=b"x", enrolled_at=room.now)
    RecoveryCode.objects.create(factor=factor, digest="d")
    Passkey.objects.create(
        user=edith, name="key", credential_id="c", credential_data="d", sign_count=1, registered_at=room.now
    )
    PasskeyChallenge.objects.create(user=edith, purpose="proof", challenge="c", session_digest="s", issued_at=room.now)
    Session.objects.create(
        user=edith, session_key="k", session_data="", expire_date=room.now, signed_in_at=room.now,
        last_used_at=room.now,
    )  # fmt: skip
    ProviderAccount.objects.create(
        user=edith, issuer="https://login.example", subject="1", linked_at=room.now, last_sign_in_at=room.now
    )
    ProviderSignIn.objects.create(state_digest="s", nonce="n", code_verifier="v", started_at=room.now)
    MatchingLock.objects.create(person=room.people["ruben"], desk=room.desk, locked_at=room.now)
    UnmaskRequest.objects.create(
        source=witness, requested_by=room.people["cuno"], requested_at=room.now, expires_at=room.now, reason="A court."
    )
    AccountChange.objects.create(
        user=edith, kind="reactivation", reason="Back.", requested_by=sena, requested_at=room.now, expires_at=room.now
    )
    assert UseEvidence.objects.exists()
    assert PublishedUse.objects.exists()
