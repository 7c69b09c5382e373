"""What an outlet forbids of an item on file. It holds until the outlet lifts it, or a senior editor overrides it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from editorial import outbox
from editorial.formats.news_item import NewsItem
from editorial.models import GateOverride, MessageKind, User, WireItem
from editorial.policy.publication.wire_items import PubStatus, WireItemCode
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.stories import publication

_SEPARATOR = "; "  # between embargoes that cannot be read
_MAX_LENGTH = 2000  # of all of them


def bar(wire_item: WireItem, now: datetime) -> None:
    """Bar the story, which is locked, by a notice that is later than every override and the last publication.

    The job that brings the notice may have begun before them. The story becomes a new version, so that nobody decides
    on a page that does not show the notice.
    """
    story = wire_item.story
    overridden_at = GateOverride.objects.filter(story=story).aggregate(last=Max("overridden_at"))["last"]
    decided_at = [at for at in (overridden_at, story.published_at, story.last_published_at) if at]
    wire_item.held_at = max([now, *(at + timedelta(microseconds=1) for at in decided_at)])
    story.version += 1
    story.save(update_fields=["version"])


def apply_embargo(wire_item: WireItem, item: NewsItem, order: int, *, actor: User, now: datetime) -> None:
    """Apply the embargo of a version that is not older. Only a newer one that could state it shortens or lifts it.

    The caller saves the wire item.
    """
    before = (wire_item.embargo_until, wire_item.embargo_as_stated)
    replaced = order > 0 and item.states_embargo
    after = (item.embargo_until, item.embargo_as_stated) if replaced else _stricter(wire_item, item)
    if after == before:
        return
    wire_item.embargo_until, wire_item.embargo_as_stated = after
    if wire_item.embargo_as_stated not in ("", before[1]):
        bar(wire_item, now)
    elif not wire_item.embargo_as_stated and wire_item.pub_status == PubStatus.USABLE:
        wire_item.held_at = None
    until = wire_item.embargo_until.isoformat() if wire_item.embargo_until else None
    data = {"until": until, "readable": not wire_item.embargo_as_stated, "imported_by": str(actor.pk)}
    # In the name of nobody, so that the importer, who may be the author, is notified too.
    log_event(wire_item, SystemEvent.WIRE_ITEM_EMBARGO, None, now, **data)
    if wire_item.embargo_as_stated:
        publication.take_off_schedule(wire_item.story, codes=[WireItemCode.E_EMBARGO_UNREADABLE.value], now=now)


def _stricter(wire_item: WireItem, item: NewsItem) -> tuple[datetime | None, str]:
    """The later end, and all words that cannot be read, the latest first. Repeated words change nothing."""
    until = max(filter(None, (wire_item.embargo_until, item.embargo_until)), default=None)
    known = wire_item.embargo_as_stated.split(_SEPARATOR) if wire_item.embargo_as_stated else []
    stated = dict.fromkeys(item.embargo_as_stated.split(_SEPARATOR))
    entries = [*(words for words in stated if words not in ("", *known)), *known]
    while len(words := _SEPARATOR.join(entries)) > _MAX_LENGTH:
        entries.pop()
    return until, words


def log_event(wire_item: WireItem, event: SystemEvent, actor: User | None, now: datetime, **data: Any) -> None:
    """Log the event on the story, and have its gate and remedy computed again."""
    audit.log(wire_item.story, event, actor=actor, now=now, **data)
    outbox.send(MessageKind.REEVALUATE_STORY, wire_item.story_id, now=now)
