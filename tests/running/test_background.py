"""The fixture that journeys rely on: what a test commits, a real relay and a real worker bring to its end."""

from django.db import transaction
from django.utils import timezone

from editorial import outbox
from editorial.models import MessageKind, MessageState, OutboxMessage
from tests.live import Running, wait_until


def test_work_that_a_test_commits_is_done_by_a_real_worker(celery_worker_process: dict[str, Running]) -> None:
    with transaction.atomic():
        outbox.send(MessageKind.REVIEW_CLAIM, "0197f0c0-0000-7000-8000-000000000000", now=timezone.now())
    left = OutboxMessage.objects.exclude(state=MessageState.DONE.value)
    wait_until(lambda: not left.exists() or left.filter(attempts__gt=0).exists(), within=20)
    assert OutboxMessage.objects.get().attempts == 1
