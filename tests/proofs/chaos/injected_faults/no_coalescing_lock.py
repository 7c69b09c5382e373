"""A job is coalesced with a waiting one without locking it: that may start, and end, before our change is committed."""

from import_patch import patch_on_import


def _change(outbox):
    import time

    def send(kind, reference, *, now, at=None):
        waiting = outbox.OutboxMessage.objects.filter(
            kind=kind.value, reference=str(reference), state__in=["ready", "sent"]
        )
        if waiting.exists():
            time.sleep(1)  # the action does more before it commits, so the fault shows in a short run
            return
        outbox.send_each(kind, [reference], now=now, at=at)

    start_all = outbox.start_all

    def start_late(message_ids, *, now):
        time.sleep(0.7)  # there has to be a waiting job
        return start_all(message_ids, now=now)

    outbox.send, outbox.start_all = send, start_late


patch_on_import("editorial.outbox", _change)
