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

    usual = outbox.run_message

    def run_message(message_id, effect, *, clock):
        time.sleep(0.7)  # there has to be a waiting job
        return usual(message_id, effect, clock=clock)

    outbox.send, outbox.run_message = send, run_message


patch_on_import("editorial.outbox", _change)
