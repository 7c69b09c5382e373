"""Saved searches: save, revise and delete one's own, and notify of what matches for the first time.

What has changed is taken from the change log, from the position up to which the search has been evaluated: the work
depends on what has changed, and not on what there is. A search notifies only of what its owner may see at that moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Change, Desk, SavedSearch, SavedSearchMatch, User, ids
from editorial.models.ops import change_log
from editorial.models.stories.saved_searches import MAX_PER_USER
from editorial.policy import text_cleaning
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import apply_changes, atomic_action, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories import search

_CHANGES = 500  # of one type that one run compares; a transaction is never divided
_ALL = search.CANDIDATES  # of one type that can be remembered
_SEARCHES = 50  # that one run evaluates, those that were evaluated longest ago


@atomic_action
def save(
    *,
    name: str,
    q: str,
    types: Collection[str] = (),
    desk_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> SavedSearch:
    """Save a search under a name. You are notified of what matches it from now on, each object once."""
    _require_own(actor, Action.SAVED_SEARCH_SAVE)
    desk = get_visible(Desk, desk_id, None, field="desk") if desk_id else None
    # Also locks the user's searches, so that the limit holds.
    if User.objects.select_for_update(no_key=True).get(pk=actor.pk).saved_searches.count() >= MAX_PER_USER:
        raise Conflict(f"You have {MAX_PER_USER} saved searches. Delete one first.", code="TOO_MANY")
    row = SavedSearch(user=actor, desk=desk, types=list(dict.fromkeys(types)))
    row.name, row.q = text_cleaning.line(name), text_cleaning.line(q)
    _require_no_source(row, actor, now)
    row.evaluated_to, row.new_only_since = change_log.watermark().position, now
    validate_and_save(row)
    _remember_present_matches(row, actor)
    return row


@atomic_action
def revise(
    *, search_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime, **changes: Any
) -> SavedSearch:
    """Rename a saved search, mute it or let it notify again. What matches while it is muted is never notified."""
    row = lock(SavedSearch, search_id, actor, expected_version=expected_version)
    _require_own(actor, Action.SAVED_SEARCH_REVISE)
    if "name" in changes:
        changes["name"] = text_cleaning.line(changes["name"] or "")
    changed = apply_changes(row, changes, allowed=("name", "muted"))
    if "name" in changed:
        _require_no_source(row, actor, now)
    if changed.get("muted") == [True, False]:
        row.evaluated_to, row.new_only_since = change_log.watermark().position, now
        _remember_present_matches(row, actor)
    if changed:
        validate_and_save(row)
    return row


@atomic_action
def delete(*, search_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> None:
    """Delete a saved search. It notifies of nothing more."""
    row = lock(SavedSearch, search_id, actor, expected_version=expected_version)
    _require_own(actor, Action.SAVED_SEARCH_DELETE)
    row.delete()


def behind() -> list[UUID]:
    """Saved searches that have not been compared with the newest changes, the most outdated first."""
    newest = change_log.newest_position(search.KINDS)
    if newest is None:
        return []
    waiting = SavedSearch.objects.filter(muted=False, evaluated_to__lte=newest)
    return list(waiting.order_by("evaluated_to").values_list("pk", flat=True)[:_SEARCHES])


@atomic_action
def evaluate(*, search_id: UUID, now: datetime) -> int:
    """Compare a saved search with what has changed, and notify its owner of new matches. Returns their number."""
    limit = change_log.watermark().position
    rows = SavedSearch.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    row = rows.filter(pk=search_id, muted=False, evaluated_to__lt=limit).first()
    if row is None:
        return 0
    kinds = row.types or list(search.KINDS)
    until = _end_of_batch(kinds, row.evaluated_to, limit)
    changed = {kind: _changed(kind, row.evaluated_to, until).values("object_id") for kind in kinds}
    found = search.among(row.q, row.user.facts(), changed, desk=row.desk_id)
    known = set(SavedSearchMatch.objects.filter(search=row, object_id__in=found).values_list("object_id", flat=True))
    new = {key: kind for key, kind in found.items() if key not in known and _counts(row, kind, key)}
    _remember(row, new)
    row.evaluated_to = until
    row.save(update_fields=["evaluated_to"])
    if new:
        audit.log(row, SystemEvent.SAVED_SEARCH_MATCH, actor=None, now=now, found=dict(Counter(new.values())))
    return len(new)


def _require_own(actor: User, action: Action) -> None:
    require_permission(actor, action, SubjectFacts(owners=frozenset({str(actor.pk)})))


def _require_no_source(row: SavedSearch, actor: User, now: datetime) -> None:
    """Refuse words that name a confidential source of the person's desks: they would be stored in the clear."""
    texts = {"name": row.name, "q": row.q}
    if not row.name or not row.q:
        raise ValidationFailed(Reason("REQUIRED", "Give words to search for, and a name.", "q" if row.name else "name"))
    with name_guard.one_request(texts.values()):
        for desk in Desk.objects.order_by("pk"):  # those where the person has no role are passed over
            name_guard.check_at_desk(texts, desk_id=desk.pk, actor=actor, now=now)


def _remember_present_matches(row: SavedSearch, owner: User) -> None:
    """Remember what matches already. Of a type with too many, only rows that are created later count as new."""
    kinds = row.types or search.KINDS
    results = search.find(row.q, owner.facts(), kinds=kinds, desk=row.desk_id, exact=True, limit=len(kinds) * _ALL)
    row.crowded_types = [kind for kind, count in results.counts.items() if count >= _ALL]
    row.save(update_fields=["crowded_types"])
    _remember(row, [match.id for match in results.matches])


def _remember(row: SavedSearch, keys: Collection[UUID]) -> None:
    matches = [SavedSearchMatch(search=row, object_id=key) for key in keys]
    SavedSearchMatch.objects.bulk_create(matches, ignore_conflicts=True)


def _counts(row: SavedSearch, kind: str, key: UUID) -> bool:
    return kind not in row.crowded_types or key >= ids.first_from(row.new_only_since)


def _changed(kind: str, since: int, until: int) -> Any:
    return Change.objects.filter(model=kind, position__gte=since, position__lt=until)


def _end_of_batch(kinds: Collection[str], since: int, limit: int) -> int:
    """The position before which this run compares: that of the last change of a batch, or else the limit."""
    ends = [limit]
    for kind in kinds:
        positions = _changed(kind, since, limit).order_by("position").values_list("position", flat=True)
        ends += [position + 1 for position in positions[_CHANGES - 1 : _CHANGES]]
    return min(ends)
