"""Integrity findings, for administrators."""

from __future__ import annotations

from django.urls import reverse

from editorial.models import IntegrityFinding
from tests.admin.conftest import page_text


def test_integrity_findings_are_shown_to_administrators_only(room, visit):
    shown = IntegrityFinding.objects.create(
        check_name="stories.status",
        subject="story:1",
        found_at=room.now,
        last_action_at=room.now,
        alerted_at=room.now,
    )
    assert visit("edith").listing(IntegrityFinding).status_code == 403
    said = "Every story has the status that its events lead to."
    assert said in page_text(visit("ada").listing(IntegrityFinding))
    assert said in page_text(visit("ada").page(shown))
    assert "Integrity findings 1" in page_text(visit("ada").client.get(reverse("admin:index")))
