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

    def start_all(message_ids, *, now):
        messages = outbox.OutboxMessage.objects.filter(pk__in=list(message_ids))
        token = uuid4()
        messages.update(state="running", token=token, lease_until=now + outbox.LEASE, attempts=F("attempts") + 1)
        return [outbox.Run(each.pk, outbox.MessageKind(each.kind), each.reference, token) for each in messages]

    def finish_all(runs, *, now):
        outbox.OutboxMessage.objects.filter(pk__in=[run.message for run in runs]).update(
            state="done", done_at=now, token=None, lease_until=None
        )

    outbox.start_all, outbox.finish_all, outbox.extend_lock = start_all, finish_all, lambda run: None
    outbox.retries.MAX_ATTEMPTS = 1000


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
