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

    def start_all(message_ids, *, now):
        begun = outbox.OutboxMessage.objects.filter(pk__in=list(message_ids), state="running", lease_until__gt=now)
        return [outbox.Run(each.pk, outbox.MessageKind(each.kind), each.reference, each.token) for each in begun]

    outbox.claim_batch, outbox.start_all = claim_and_lease, start_all


patch_on_import("editorial.outbox", _change)
