"""The audit log of the admin shows as much of an event as its reader may know."""

from __future__ import annotations

from editorial.models import Event
from editorial.workflow.evidence import sources
from tests.admin.conftest import page_text

REASON = "Jo Roe rang from both numbers."


def test_the_reason_of_a_merger_of_unnamed_sources_is_for_custodians(room, visit, edith):
    one, other = (room.person(text, unnamed=True) for text in ("a keeper", "a clerk"))
    sources.merge(source_id=one.pk, into_id=other.pk, reason=REASON, actor=edith, now=room.now)
    event = Event.objects.get(stream=f"source:{one.pk}", action="source.merge")
    for name, shown in (("edith", False), ("cuno", True)):
        page = visit(name).page(event)
        assert page.status_code == 200
        assert (REASON in page_text(page)) == shown, name
