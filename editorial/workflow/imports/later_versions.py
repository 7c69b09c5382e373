"""Later versions of wire items on file. They are archived and reported, and never overwrite the draft.

What an outlet says of an item that we hold acts on what we hold: a withdrawal or an embargo bars the draft.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from editorial import outbox
from editorial.formats import news_item, plain_text
from editorial.formats.news_item import NewsItem
from editorial.models import Desk, Exhibit, MessageKind, User, WireItem
from editorial.policy.imports import RowState
from editorial.policy.publication.originals import OriginalCode, PubStatus
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import SUPPORTED_YEARS, validate_and_save
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.evidence import exhibits
from editorial.workflow.stories import publication

_MAX_DIGESTS = 200
_URL_VALIDATOR = URLValidator(schemes=["http", "https"])


def take(wire_item: WireItem, item: NewsItem, *, actor: User, now: datetime) -> RowState:
    """Take this version of an item on file, whose story is locked, unless it is an older one."""
    stored_at = wire_item.revised_at or wire_item.published_at
    order = news_item.order(item.edition, item.stated_at, wire_item.edition, stored_at)
    if order < 0:
        return RowState.KNOWN
    if item.is_withdrawal:
        return _withdraw(wire_item, item, actor, now)
    status = PubStatus(wire_item.pub_status)
    restored = status is not PubStatus.USABLE
    if restored and not item.lifts(status, wire_item.edition, stored_at):
        raise ValidationFailed(
            Reason("ORIGINAL_WITHDRAWN", f"Its outlet has marked it “{status}”, and this version does not lift that.")
        )
    changed = item.digest != wire_item.digest
    if changed and order == 0 and item.digest in wire_item.digests:
        return RowState.KNOWN  # from a cache: an outlet that returns to earlier words says when
    _stamp(wire_item, item)
    wire_item.pub_status = PubStatus.USABLE.value
    embargoed = _set_embargo(wire_item, item, now)
    if changed:
        _record_change(wire_item, item, actor, now)
    validate_and_save(wire_item)
    # In the name of nobody, so that the importer, who may be the author, is notified too.
    if restored:
        _log(wire_item, SystemEvent.WIRE_ITEM_RESTORE, None, now, was=status.value, imported_by=str(actor.pk))
    if embargoed:
        until = item.embargo_until.isoformat() if item.embargo_until else None
        data = {"until": until, "readable": not item.embargo_as_stated, "imported_by": str(actor.pk)}
        _log(wire_item, SystemEvent.WIRE_ITEM_EMBARGO, None, now, **data)
        if item.embargo_as_stated:
            publication.take_off_schedule(wire_item.story, codes=[OriginalCode.E_EMBARGO_UNREADABLE.value], now=now)
    return RowState.UPDATED if changed or restored else RowState.KNOWN


def _withdraw(wire_item: WireItem, item: NewsItem, actor: User, now: datetime) -> RowState:
    """Mark the item as withdrawn, archive the notice, and take the story off the schedule."""
    _stamp(wire_item, item)
    if wire_item.pub_status in (item.pub_status, PubStatus.CANCELED):
        validate_and_save(wire_item)
        return RowState.KNOWN
    before, wire_item.pub_status, wire_item.held_at = wire_item.pub_status, item.pub_status.value, now
    wire_item.exhibit = archive(item, wire_item.desk, actor, now)
    wire_item.received_at = now
    validate_and_save(wire_item)
    _log(
        wire_item,
        SystemEvent.WIRE_ITEM_WITHDRAW,
        None,
        now,
        imported_by=str(actor.pk),
        pub_status=[before, wire_item.pub_status],
        exhibit=str(wire_item.exhibit_id),
    )
    publication.take_off_schedule(wire_item.story, codes=[OriginalCode.E_ORIGINAL_WITHDRAWN.value], now=now)
    return RowState.UPDATED


def _record_change(wire_item: WireItem, item: NewsItem, actor: User, now: datetime) -> None:
    """Archive the new version beside the old one and notify the authors. Their copy stays unchanged."""
    before, wire_item.exhibit = wire_item.exhibit_id, archive(item, wire_item.desk, actor, now)
    wire_item.digests = [*wire_item.digests, wire_item.digest][-_MAX_DIGESTS:]
    wire_item.digest, wire_item.received_at, wire_item.changed_at = item.digest, now, now
    wire_item.link = item.link or wire_item.link
    _log(wire_item, SystemEvent.WIRE_ITEM_CHANGE, actor, now, exhibit=[str(before), str(wire_item.exhibit_id)])


def _stamp(wire_item: WireItem, item: NewsItem) -> None:
    """Take over the version and time of the newest version. A publication time that moved is the time of a change."""
    wire_item.edition = item.edition or wire_item.edition
    moved_to = item.published_at if item.published_at != wire_item.published_at else None
    wire_item.revised_at = supported(item.revised_at or moved_to) or wire_item.revised_at


def _set_embargo(wire_item: WireItem, item: NewsItem, now: datetime) -> bool:
    """Take over the embargo. Returns whether it has changed."""
    stated = (item.embargo_until, item.embargo_as_stated)
    changed = (wire_item.embargo_until, wire_item.embargo_as_stated) != stated
    if item.embargo_as_stated != wire_item.embargo_as_stated or not item.embargo_as_stated:
        wire_item.held_at = now if item.embargo_as_stated else None
    wire_item.embargo_until, wire_item.embargo_as_stated = stated
    return changed


def _log(wire_item: WireItem, event: SystemEvent, actor: User | None, now: datetime, **data: Any) -> None:
    audit.log(wire_item.story, event, actor=actor, now=now, **data)
    outbox.send(MessageKind.REEVALUATE_STORY, wire_item.story_id, now=now)


def supported(moment: datetime | None) -> datetime | None:
    """The time, unless its year is unsupported: web pages without a date often give the year 1."""
    return moment if moment and moment.year in SUPPORTED_YEARS else None


def archive(item: NewsItem, desk: Desk, actor: User, now: datetime) -> Exhibit:
    """Archive the item as it came."""
    title = item.headline or plain_text.headline(item.uri)
    try:
        _URL_VALIDATOR(item.link)
        url = item.link
    except ValidationError:  # an invalid link is no reason to reject the item
        url = ""
    return exhibits.attach(desk_id=desk.pk, title=title, text=item.raw, url=url, actor=actor, now=now)
