"""The first draft of the outbox: attempt and lease begin when a message is published, so a backlog uses them up."""

from import_patch import patch_on_import


def _change(outbox):
    from uuid import uuid4

    from django.db.models import F

    claim_batch = outbox.claim_batch

    def claim_and_lease(*, now):
        claimed = claim_batch(now=now)
        outbox.OutboxMessage.objects.filter(pk__in=[job.message for job in claimed]).update(
            state="running", token=uuid4(), lease_until=now + outbox.REDISPATCH_AFTER / 5, attempts=F("attempts") + 1
        )
        return claimed

    def start(message_id, *, now):
        message = outbox.OutboxMessage.objects.filter(pk=message_id, state="running", lease_until__gt=now).first()
        if message is None:
            return None
        return outbox.Run(message.pk, outbox.MessageKind(message.kind), message.reference, message.token)

    outbox.claim_batch, outbox.start = claim_and_lease, start


patch_on_import("editorial.outbox", _change)
