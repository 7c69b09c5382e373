"""Wire items: each becomes a draft once. A later version is archived and reported, and never overwrites the draft."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from editorial import outbox
from editorial.formats import plain_text
from editorial.formats.news_item import NewsItem
from editorial.models import Desk, Exhibit, MessageKind, Source, Story, User, WireItem
from editorial.policy.imports import RowState
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core import audit
from editorial.workflow.core.actions import SUPPORTED_YEARS, require_valid_times, validate_and_save
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.evidence import exhibits, sources
from editorial.workflow.stories import stories

_MAX_TEXT_LENGTH = 1_000_000  # characters, like any other copy
_URL_VALIDATOR = URLValidator(schemes=["http", "https"])


def file(item: NewsItem, *, desk: Desk, outlet: Source | None, actor: User, now: datetime) -> tuple[RowState, Story]:
    """Create a draft from an item, or record that an existing draft's wire item has changed.

    The caller holds the desk's import lock.
    """
    if item.problem is not None:
        raise ValidationFailed(Reason(*item.problem))
    if len(item.text) > _MAX_TEXT_LENGTH:
        raise ValidationFailed(
            Reason("TOO_LONG", f"The text is longer than {_MAX_TEXT_LENGTH:,} characters. Shorten it.", "text")
        )
    require_valid_times(embargo_until=item.embargo_until)
    key = hashlib.sha256(item.uri.encode()).hexdigest()
    story = Story.objects.filter(wire_item__desk=desk, wire_item__key=key).first()
    if story is None:
        return RowState.FILED, _create_draft(item, key, desk=desk, outlet=outlet, actor=actor, now=now)
    lock(Story, story.pk, actor)
    wire_item = WireItem.objects.select_for_update().get(story=story)
    if wire_item.digest == item.digest:
        if wire_item.embargo_until != item.embargo_until:  # embargo lifted or changed, text unchanged
            wire_item.embargo_until = item.embargo_until
            validate_and_save(wire_item)
        return RowState.KNOWN, story
    _record_change(wire_item, item, actor, now)
    return RowState.UPDATED, story


def _create_draft(item: NewsItem, key: str, *, desk: Desk, outlet: Source | None, actor: User, now: datetime) -> Story:
    outlet = outlet or _outlet(item.outlet, desk, actor, now)
    exhibit = _archive(item, desk, actor, now)
    story = stories.pitch(desk_id=desk.pk, headline=item.headline, body=item.text, actor=actor, now=now)
    wire_item = WireItem(
        desk=desk,
        uri=item.uri,
        key=key,
        link=item.link,
        outlet=outlet,
        story=story,
        exhibit=exhibit,
        digest=item.digest,
        published_at=_supported(item.published_at),
        revised_at=_supported(item.revised_at),
        embargo_until=item.embargo_until,
        received_at=now,
    )
    validate_and_save(wire_item)
    return story


def _record_change(wire_item: WireItem, item: NewsItem, actor: User, now: datetime) -> None:
    """Archive the new version beside the old one and notify the authors. Their copy stays unchanged."""
    before, wire_item.exhibit = wire_item.exhibit_id, _archive(item, wire_item.desk, actor, now)
    wire_item.digest, wire_item.received_at, wire_item.changed_at = item.digest, now, now
    wire_item.revised_at, wire_item.embargo_until = _supported(item.revised_at), item.embargo_until
    wire_item.link = item.link or wire_item.link
    validate_and_save(wire_item)
    audit.log(
        wire_item.story,
        SystemEvent.WIRE_ITEM_CHANGE,
        actor=actor,
        now=now,
        exhibit=[str(before), str(wire_item.exhibit_id)],
    )
    outbox.send(MessageKind.REEVALUATE_STORY, wire_item.story_id, now=now)


def _supported(moment: datetime | None) -> datetime | None:
    """The time, unless its year is unsupported: web pages without a date often give the year 1."""
    return moment if moment and moment.year in SUPPORTED_YEARS else None


def _archive(item: NewsItem, desk: Desk, actor: User, now: datetime) -> Exhibit:
    title = item.headline or plain_text.headline(item.uri)
    try:
        _URL_VALIDATOR(item.link)
        url = item.link
    except ValidationError:  # an invalid link is no reason to reject the item
        url = ""
    return exhibits.attach(desk_id=desk.pk, title=title, text=item.raw, url=url, actor=actor, now=now)


def _outlet(name: str, desk: Desk, actor: User, now: datetime) -> Source:
    """Find the outlet of that name, at any desk, or register it."""
    if not name:
        raise ValidationFailed(
            Reason("NO_OUTLET", "The item names no outlet. Choose the outlet for the import.", "outlet")
        )
    existing = (
        Source.objects.filter(type=SourceType.OUTLET.value, name__iexact=name, unnamed=False).order_by("id").first()
    )
    if existing is None:
        outlet = SourceType.OUTLET.value
        return sources.register(desk_id=desk.pk, type=outlet, name=name, actor=actor, now=now)
    return get_visible(Source, existing.merged_into_id or existing.pk, actor)
