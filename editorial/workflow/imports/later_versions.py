"""Later versions of wire items on file. They are archived and reported, and never overwrite the draft.

A withdrawal or an embargo of an item on file bars its draft.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from editorial.formats import news_item, plain_text
from editorial.formats.news_item import NewsItem
from editorial.models import Desk, Exhibit, User, WireItem
from editorial.policy.imports import RowState
from editorial.policy.publication.wire_items import PubStatus, WireItemCode
from editorial.policy.system_events import SystemEvent
from editorial.policy.time_range import SUPPORTED_YEARS
from editorial.workflow.core.actions import validate_and_save
from editorial.workflow.core.errors import ActionError, Reason, ValidationFailed
from editorial.workflow.evidence import exhibits
from editorial.workflow.imports import outlet_restrictions
from editorial.workflow.stories import publication

_Day = TypeVar("_Day", bound=date)  # or a time, which is one

_MAX_DIGESTS = 200
_NEUTRAL_TITLE = "Notice of withdrawal"
_URL_VALIDATOR = URLValidator(schemes=["http", "https"])


def order(wire_item: WireItem, item: NewsItem) -> int:
    """Whether this version is newer (1) or older (-1) than the one on file; 0 if the outlet does not tell."""
    stored_at = wire_item.revised_at or wire_item.published_at
    return news_item.order(item.edition, item.stated_at, wire_item.edition, stored_at)


def apply_embargo(wire_item: WireItem, item: NewsItem, order: int, *, actor: User, now: datetime) -> None:
    """Apply an embargo that this version states, whatever else becomes of the version.

    An older version counts if the newer ones came in formats that cannot state an embargo, as feeds do.
    """
    if item.is_embargoed and (order >= 0 or not wire_item.states_embargo):
        if order >= 0:
            _stamp(wire_item, item)
        outlet_restrictions.apply_embargo(wire_item, item, order, actor=actor, now=now)
        validate_and_save(wire_item)


def apply(wire_item: WireItem, item: NewsItem, order: int, *, actor: User, now: datetime) -> RowState:
    """Apply this version of an item on file, whose story is locked, unless it is an older one."""
    if item.is_withdrawal:
        return _withdraw(wire_item, item, order, actor, now)
    if order < 0:
        return RowState.KNOWN
    status = PubStatus(wire_item.pub_status)
    restored = status is not PubStatus.USABLE
    if restored and not item.lifts(status, order):
        raise ValidationFailed(
            Reason("WIRE_ITEM_WITHDRAWN", f"Its outlet has marked it “{status}”, and this version does not lift that.")
        )
    changed = item.digest != wire_item.digest
    if changed and order == 0 and item.digest in wire_item.digests:
        return RowState.KNOWN  # from a cache: an outlet that returns to earlier words says when
    _stamp(wire_item, item)
    if changed:
        _record_change(wire_item, item, actor, now)
    elif restored:  # in place of the notice
        wire_item.exhibit = archive(item, wire_item.desk, actor, now)
    wire_item.pub_status = PubStatus.USABLE.value
    if not wire_item.embargo_as_stated:
        wire_item.held_at = None
    if not item.is_embargoed:  # else `apply_embargo` has
        outlet_restrictions.apply_embargo(wire_item, item, order, actor=actor, now=now)
    validate_and_save(wire_item)
    # In the name of nobody, so that the importer, who may be the author, is notified too.
    if restored:
        data = {"was": status.value, "imported_by": str(actor.pk)}
        outlet_restrictions.log_event(wire_item, SystemEvent.WIRE_ITEM_RESTORE, None, now, **data)
    return RowState.UPDATED if changed or restored else RowState.KNOWN


def _withdraw(wire_item: WireItem, item: NewsItem, order: int, actor: User, now: datetime) -> RowState:
    """Mark the item as withdrawn, archive the notice, and take the story off the schedule.

    `canceled` is final, whenever it arrives. A later notice of the same status needs another override. An older notice
    counts if the newer versions came in formats that cannot state one.
    """
    before, notice = PubStatus(wire_item.pub_status), item.pub_status
    is_older = order < 0 and notice is not PubStatus.CANCELED and wire_item.states_status
    if is_older or before is PubStatus.CANCELED or (before is notice and order <= 0):
        return RowState.KNOWN
    if order >= 0:
        _stamp(wire_item, item)
    wire_item.pub_status, wire_item.received_at = notice.value, now
    wire_item.exhibit = _archive_notice(wire_item, item, actor, now)
    outlet_restrictions.bar(wire_item, now)
    validate_and_save(wire_item)
    outlet_restrictions.log_event(
        wire_item,
        SystemEvent.WIRE_ITEM_WITHDRAW,
        None,
        now,
        imported_by=str(actor.pk),
        pub_status=[before.value, wire_item.pub_status],
        exhibit=str(wire_item.exhibit_id),
    )
    publication.take_off_schedule(wire_item.story, codes=[WireItemCode.E_WIRE_ITEM_WITHDRAWN.value], now=now)
    return RowState.UPDATED


def _archive_notice(wire_item: WireItem, item: NewsItem, actor: User, now: datetime) -> Exhibit:
    """Archive the notice. Whatever is wrong with it, such as a confidential name in its headline, it takes effect."""
    for notice in (item, replace(item, headline=_NEUTRAL_TITLE, link="")):
        try:
            return archive(notice, wire_item.desk, actor, now)
        except ActionError:
            continue
    return wire_item.exhibit


def _record_change(wire_item: WireItem, item: NewsItem, actor: User, now: datetime) -> None:
    """Archive the new version beside the old one and notify the authors. Their copy stays unchanged."""
    before, wire_item.exhibit = wire_item.exhibit_id, archive(item, wire_item.desk, actor, now)
    wire_item.digests = [*wire_item.digests, wire_item.digest][-_MAX_DIGESTS:]
    wire_item.digest, wire_item.received_at, wire_item.changed_at = item.digest, now, now
    wire_item.link = item.link or wire_item.link
    archived = [str(before), str(wire_item.exhibit_id)]
    outlet_restrictions.log_event(wire_item, SystemEvent.WIRE_ITEM_CHANGE, actor, now, exhibit=archived)


def _stamp(wire_item: WireItem, item: NewsItem) -> None:
    """Take over the version and time of the newest version. A publication time that moved is the time of a change."""
    wire_item.edition = item.edition or wire_item.edition
    moved_to = item.published_at if item.published_at != wire_item.published_at else None
    wire_item.states_embargo |= item.states_embargo
    wire_item.states_status |= item.states_status
    wire_item.revised_at = supported(item.revised_at or moved_to) or wire_item.revised_at


def supported(moment: _Day | None) -> _Day | None:
    """The time or day, unless its year is unsupported: web pages without a date often give the year 1."""
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
