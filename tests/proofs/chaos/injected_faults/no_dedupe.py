"""Duplicate dispatches are not recognised: a start is not a compare-and-set, a finish does not check its token, and the
constraints that prevent duplicate notifications are missing.
"""

from import_patch import patch_on_import

_CONSTRAINTS = {
    "editorial_notification": ["notification_once"],
    "editorial_delivery": ["delivery_once", "delivery_once_per_endpoint"],
}


def _change_outbox(outbox):
    from uuid import uuid4

    from django.db.models import F

    def start(message_id, *, now):
        messages = outbox.OutboxMessage.objects.filter(pk=message_id)
        token = uuid4()
        messages.update(state="running", token=token, lease_until=now + outbox.LEASE, attempts=F("attempts") + 1)
        return outbox.Run(message_id, outbox.MessageKind(messages.get().kind), messages.get().reference, token)

    def finish(run, *, now):
        outbox.OutboxMessage.objects.filter(pk=run.message).update(
            state="done", done_at=now, token=None, lease_until=None
        )

    outbox.start, outbox.finish, outbox.extend_lock, outbox.MAX_ATTEMPTS = start, finish, lambda run: None, 1000


def _change_notices(notices):
    from functools import cache

    notify = notices.notify

    @cache
    def drop_constraints():
        from django.db import connection

        with connection.cursor() as cursor:
            for table, names in _CONSTRAINTS.items():
                for name in names:
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")

    def notify_once_more(*, event_id, now):
        drop_constraints()
        return notify(event_id=event_id, now=now)

    notices.notify = notify_once_more


patch_on_import("editorial.outbox", _change_outbox)
patch_on_import("editorial.notifications.notices", _change_notices)
