"""The status page: problems in words, each with its remedy, for administrators only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from editorial.models import Delivery, Event, Heartbeat, Notification, OutboxMessage
from editorial.operations import heartbeats
from tests.admin.conftest import AdminBrowser, page_text

PAGE = "/admin/operations/"


def report_all_processes(**more: Any) -> None:
    """One process of each kind."""
    now = timezone.now()
    for kind in ("web", "worker", "quarantine", "external", "dispatcher", "beat"):
        fields = {"process": kind, "host": "here", "pid": 7, "version": "1", "started_at": now, "last_seen_at": now}
        Heartbeat.objects.create(**fields | more.get(kind, {}))


def view_as(visit: Any, name: str = "ada") -> str:
    """The text of the status page."""
    response = visit(name).client.get(PAGE)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return page_text(response)


def test_the_status_page_is_for_administrators_only(room: Any, visit: Any) -> None:
    report_all_processes()
    for name in ("rosa", "edith", "stan", "cuno"):
        browser: AdminBrowser = visit(name)
        assert browser.client.get(PAGE).status_code == 403
        assert PAGE not in browser.client.get(reverse("admin:index")).content.decode()
    assert PAGE in visit("ada").client.get(reverse("admin:index")).content.decode()


def test_a_healthy_system_is_reported(room: Any, visit: Any) -> None:
    report_all_processes()
    assert "All systems operational." in view_as(visit)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("worker", "No worker is running"),
        ("quarantine", "No quarantine worker is running"),
        ("external", "No external worker is running"),
        ("dispatcher", "No dispatcher is running"),
        ("beat", "No beat is running"),
    ],
)
def test_a_missing_process_is_named_with_its_remedy(room: Any, visit: Any, missing: str, message: str) -> None:
    report_all_processes()
    Heartbeat.objects.filter(process=missing).update(last_seen_at=timezone.now() - heartbeats.MISSING_AFTER)
    page = view_as(visit)
    assert message in page
    assert f"python -m newsroom.processes {missing}" in page
    assert "1 process(es) stopped without a clean shutdown" in page
    assert "missing" in page
    assert "All systems operational." not in page


def test_running_jobs_are_shown_by_kind(room: Any, visit: Any) -> None:
    report_all_processes(
        worker={"slots": 2, "running_jobs": [{"work": "assess_claim", "since": "2031-03-04T09:00:00+00:00"}]}
    )
    page = view_as(visit)
    assert "Assessing claims" in page
    assert "1 of 2 busy" in page


def test_an_unreachable_redis_is_reported_and_nothing_is_lost(room: Any, visit: Any, settings: Any) -> None:
    report_all_processes()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    page = view_as(visit)
    assert "Redis does not answer" in page
    assert "Nothing is lost" in page


def test_queued_jobs_dead_letters_and_uncertain_emails_are_shown(room: Any, visit: Any) -> None:
    report_all_processes()
    room.claim()
    long_ago = timezone.now() - timedelta(minutes=30)
    OutboxMessage.objects.update(available_at=long_ago)
    OutboxMessage.objects.create(
        kind="notify", reference="1", state="dead", created_at=long_ago, available_at=long_ago
    )  # fmt: skip
    event = Event.objects.earliest("id")
    notice = Notification.objects.create(
        event=event, user=room.people["rosa"], subject="News", body="News.", created_at=room.now
    )
    Delivery.objects.create(event=event, notification=notice, channel="mail", state="uncertain")
    page = view_as(visit)
    assert "Due jobs have been waiting for 30 min" in page
    assert "1 job(s) failed permanently" in page
    assert "1 message(s) may have been delivered twice" in page
    listed = visit("ada").client.get(f"{reverse('admin:editorial_outboxmessage_changelist')}?state__exact=dead")
    assert listed.status_code == 200


def test_mixed_versions_are_reported(room: Any, visit: Any) -> None:
    report_all_processes(worker={"version": "2"})
    assert "Processes of different versions" in view_as(visit)


def test_the_page_shows_no_content_and_takes_a_constant_number_of_queries(room: Any, visit: Any) -> None:
    report_all_processes()
    browser: AdminBrowser = visit("ada")
    browser.client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        browser.client.get(PAGE)
    for number in range(5):
        room.claim(f"Wilhelmina Canary said so {number} times.")
    room.settle()
    with CaptureQueriesContext(connection) as many:
        page = browser.client.get(PAGE).content.decode()
    assert len(many) == len(few)
    assert "Canary" not in page
