"""Scheduled imports: add, revise, pause, resume, run now; and what a fetch has found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from editorial import outbox
from editorial.formats import plain_text
from editorial.formats.errors import FeedElsewhere
from editorial.formats.news_item import Items
from editorial.http_client import NONE_KNOWN, Validators
from editorial.models import MessageKind, ScheduledImport, User
from editorial.policy import access
from editorial.policy.actions import Action
from editorial.policy.imports import ACTION_BY_KIND, FAILURES_TO_REPORT, SCHEDULED_KINDS, ImportKind, pause_after
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    apply_changes,
    atomic_action,
    require_desk,
    require_permission,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, lock
from editorial.workflow.imports import imports

_CHANGEABLE = ("url", "outlet", "interval_minutes")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch has found. `items` is None if the server says that nothing has changed."""

    items: Items | None
    validators: Validators = NONE_KNOWN
    moved_to: str = ""


# --- Actions ----------------------------------------------------------------------------------------------------------


@atomic_action
def add(
    *,
    desk_id: UUID | str,
    kind: str,
    url: str,
    outlet_id: UUID | str | None = None,
    interval_minutes: int = 15,
    actor: User,
    now: datetime,
) -> ScheduledImport:
    """Fetch a feed or a page every `interval_minutes`, and import what is new in your name. The first fetch is now."""
    desk = require_desk(desk_id, actor, Action.SCHEDULED_IMPORT_ADD)
    if kind not in SCHEDULED_KINDS:
        raise ValidationFailed(Reason("NOT_SCHEDULABLE", "Only a feed or a page can be scheduled.", "kind"))
    scheduled = ScheduledImport(
        desk=desk,
        kind=kind,
        url=imports.validate_url(url),
        outlet=imports.visible_outlet(outlet_id, actor),
        interval_minutes=interval_minutes,
        scheduled_by=actor,
        scheduled_at=now,
    )
    _refuse_duplicate(scheduled)
    _start(scheduled, now)
    audit.log(scheduled, Action.SCHEDULED_IMPORT_ADD, actor=actor, now=now, kind=scheduled.kind)
    return scheduled


@atomic_action
def revise(
    *,
    scheduled_import_id: UUID | str,
    actor: User,
    now: datetime,
    expected_version: ExpectedVersion = None,
    **changes: Any,
) -> ScheduledImport:
    """Change the URL, the outlet or the interval. The next fetch imports every item not on file.

    With another URL or outlet, its items are filed in your name from now on.
    """
    scheduled = lock(ScheduledImport, scheduled_import_id, actor, expected_version=expected_version)
    require_permission(actor, Action.SCHEDULED_IMPORT_REVISE, scheduled.access_facts())
    if "url" in changes:
        changes["url"] = imports.validate_url(changes["url"])
    if "outlet_id" in changes:
        changes["outlet"] = imports.visible_outlet(changes.pop("outlet_id"), actor)
    former = scheduled.scheduled_by_id
    changed = apply_changes(scheduled, changes, _CHANGEABLE)
    _refuse_duplicate(scheduled)
    if {"url", "outlet"} & changed.keys():  # nobody files what somebody else has chosen
        scheduled.scheduled_by = actor
    taken_over: dict[str, Any] = {"former": str(former)} if former != scheduled.scheduled_by_id else {}
    if scheduled.is_paused:
        _clear_validators(scheduled)
        validate_and_save(scheduled)
    else:
        _start(scheduled, now)
    audit.log(scheduled, Action.SCHEDULED_IMPORT_REVISE, actor=actor, now=now, changed=changed, **taken_over)
    return scheduled


@atomic_action
def pause(
    *, scheduled_import_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> ScheduledImport:
    """Pause a scheduled import until somebody resumes it. Imported items remain."""
    scheduled = lock(ScheduledImport, scheduled_import_id, actor, expected_version=expected_version)
    require_permission(actor, Action.SCHEDULED_IMPORT_PAUSE, scheduled.access_facts())
    if scheduled.is_paused:
        raise Conflict("This scheduled import is already paused.", code="ALREADY_PAUSED")
    scheduled.next_fetch_at = None
    validate_and_save(scheduled)
    audit.log(scheduled, Action.SCHEDULED_IMPORT_PAUSE, actor=actor, now=now)
    return scheduled


@atomic_action
def resume(
    *, scheduled_import_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> ScheduledImport:
    """Resume a paused scheduled import. From now on its items are filed in your name."""
    scheduled = lock(ScheduledImport, scheduled_import_id, actor, expected_version=expected_version)
    require_permission(actor, Action.SCHEDULED_IMPORT_RESUME, scheduled.access_facts())
    if not scheduled.is_paused:
        raise Conflict("This scheduled import is not paused.", code="NOT_PAUSED")
    scheduled.scheduled_by = actor
    _start(scheduled, now)
    audit.log(scheduled, Action.SCHEDULED_IMPORT_RESUME, actor=actor, now=now)
    return scheduled


@atomic_action
def run(
    *, scheduled_import_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> ScheduledImport:
    """Fetch it now, and import every item that is not on file, even if nothing has changed."""
    scheduled = lock(ScheduledImport, scheduled_import_id, actor, expected_version=expected_version)
    require_permission(actor, Action.SCHEDULED_IMPORT_RUN, scheduled.access_facts())
    if scheduled.is_paused:
        raise Conflict("This scheduled import is paused. Resume it instead.", code="PAUSED")
    _start(scheduled, now)
    audit.log(scheduled, Action.SCHEDULED_IMPORT_RUN, actor=actor, now=now)
    return scheduled


# --- System actions ---------------------------------------------------------------------------------------------------


@atomic_action
def enqueue(*, scheduled_import_id: UUID | str, now: datetime) -> None:
    """Enqueue the fetch that is due. A system action."""
    scheduled = lock(ScheduledImport, scheduled_import_id, None)
    if scheduled.next_fetch_at is None or scheduled.next_fetch_at > now:
        return
    if not _may_file(scheduled):
        _stop(scheduled, "NO_PERMISSION", "Its owner may no longer file here. Somebody else must resume it.", now)
        return
    _enqueue(scheduled, now)


@atomic_action
def record_success(*, scheduled_import_id: UUID | str, url: str, fetched: Fetched, now: datetime) -> None:
    """Import what a fetch has found, unless it is what the last one found. A system action."""
    scheduled = lock(ScheduledImport, scheduled_import_id, None)
    if scheduled.is_paused or scheduled.url != url:  # revised since: another fetch waits
        return
    _move(scheduled, fetched.moved_to, now)
    if scheduled.failures >= FAILURES_TO_REPORT:
        audit.log(scheduled, SystemEvent.SCHEDULED_IMPORT_RECOVER, actor=None, now=now, failures=scheduled.failures)
    if fetched.items is not None:
        digest = _digest(fetched.items)
        if digest != scheduled.digest:
            imports.start_scheduled(scheduled, fetched.items, now=now)
        scheduled.digest = digest
        # Longer ones are not stored: they can only be sent back whole.
        scheduled.etag = fetched.validators.etag if len(fetched.validators.etag) <= 1000 else ""
        scheduled.last_modified = fetched.validators.last_modified[:100]
    scheduled.failures, scheduled.problem = 0, ""
    scheduled.fetched_at = scheduled.succeeded_at = now
    scheduled.next_fetch_at = now + scheduled.interval
    scheduled.save()


@atomic_action
def follow_feed_link(*, scheduled_import_id: UUID | str, url: str, page: FeedElsewhere, now: datetime) -> None:
    """Schedule the feed that the page at the URL names, if nothing else was there before. A system action."""
    scheduled = lock(ScheduledImport, scheduled_import_id, None)
    is_new = scheduled.succeeded_at is None and not scheduled.failures
    if scheduled.is_paused or scheduled.url != url or not is_new or not _move(scheduled, page.url, now):
        record_failure(scheduled_import_id=scheduled.pk, url=url, reason=page.message, now=now)
        return
    scheduled.failures = 1  # so that it is followed once only
    _enqueue(scheduled, now)


@atomic_action
def record_failure(
    *,
    scheduled_import_id: UUID | str,
    url: str,
    reason: str,
    retry_after: timedelta | None = None,
    is_gone: bool = False,
    now: datetime,
) -> None:
    """Note that a fetch failed, and wait longer before the next; none follows if it `is_gone`. A system action."""
    scheduled = lock(ScheduledImport, scheduled_import_id, None)
    if scheduled.is_paused or scheduled.url != url:  # revised since: another fetch waits
        return
    scheduled.failures, scheduled.fetched_at = scheduled.failures + 1, now
    if is_gone:
        _stop(scheduled, "GONE", "The server says that it is permanently gone.", now)
        return
    scheduled.problem = plain_text.clean(reason)[:500]
    scheduled.next_fetch_at = now + pause_after(scheduled.failures, scheduled.interval, retry_after)
    scheduled.save()
    if scheduled.failures == FAILURES_TO_REPORT:
        audit.log(scheduled, SystemEvent.SCHEDULED_IMPORT_FAIL, actor=None, now=now, failures=scheduled.failures)


# --- Parts ------------------------------------------------------------------------------------------------------------


def _start(scheduled: ScheduledImport, now: datetime) -> None:
    """Fetch it now, whatever the last fetch found, and then at its interval."""
    _clear_validators(scheduled)
    scheduled.next_fetch_at = now + scheduled.interval
    validate_and_save(scheduled)
    outbox.send(MessageKind.FETCH_SCHEDULED, scheduled.pk, now=now)


def _enqueue(scheduled: ScheduledImport, now: datetime) -> None:
    """Fetch it once more. No new version: nobody has revised it."""
    scheduled.next_fetch_at = now + scheduled.interval
    scheduled.save()
    outbox.send(MessageKind.FETCH_SCHEDULED, scheduled.pk, now=now)


def _clear_validators(scheduled: ScheduledImport) -> None:
    """Forget what the last fetch found, so that the next imports everything that is not on file."""
    scheduled.etag = scheduled.last_modified = scheduled.digest = scheduled.problem = ""
    scheduled.failures = 0


def _stop(scheduled: ScheduledImport, code: str, problem: str, now: datetime) -> None:
    scheduled.next_fetch_at, scheduled.problem = None, problem
    scheduled.save()
    audit.log(scheduled, SystemEvent.SCHEDULED_IMPORT_AUTO_PAUSE, actor=None, now=now, code=code)


def _may_file(scheduled: ScheduledImport) -> bool:
    facts, person = scheduled.access_facts(), scheduled.scheduled_by.facts()
    actions = (Action.IMPORT_START, ACTION_BY_KIND[ImportKind(scheduled.kind)])
    return all(access.may(person, action, facts) for action in actions)


def _move(scheduled: ScheduledImport, url: str, now: datetime) -> bool:
    """Take its new address, unless it may not be fetched or the desk has it scheduled, too. Returns whether it did."""
    if not url or url == scheduled.url:
        return False
    before, scheduled.url = scheduled.url, url
    try:
        imports.validate_url(url)
        _refuse_duplicate(scheduled)
    except (ValidationFailed, Conflict):
        scheduled.url = before
        return False
    audit.log(scheduled, SystemEvent.SCHEDULED_IMPORT_MOVE, actor=None, now=now)
    return True


def _refuse_duplicate(scheduled: ScheduledImport) -> None:
    """Raise if the desk has another scheduled import of the URL. The database holds the rule; this explains it."""
    same = ScheduledImport.objects.filter(desk=scheduled.desk, kind=scheduled.kind, url=scheduled.url)
    if other := same.exclude(pk=scheduled.pk).first():
        how = "It is paused: resume it." if other.is_paused else "It is fetched already."
        raise Conflict(f"This desk has a scheduled import of this URL. {how}", code="ALREADY_SCHEDULED")


def _digest(items: Items) -> str:
    """Identifies what the items say. Pages change their advertisements; that alone is not news."""
    values = [{name: value for name, value in item.to_dict().items() if name != "raw"} for item in items]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
