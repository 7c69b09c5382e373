"""Wire items: each becomes a draft once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models.fields.json import KeyTextTransform

from editorial.formats import news_item
from editorial.formats.news_item import NewsItem
from editorial.models import Desk, ImportRow, Source, Story, User, WireItem
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.imports import RowState
from editorial.policy.vocabulary import SourceType
from editorial.workflow.core.actions import require_permission, run_in_transaction, validate_and_save
from editorial.workflow.core.errors import ActionError, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.evidence import sources
from editorial.workflow.imports import later_versions
from editorial.workflow.stories import stories

_MAX_TEXT_LENGTH = 1_000_000  # characters, like any other copy
_MAX_URI_LENGTH = 2000  # characters


class Filed(NamedTuple):
    """The result: the row's state, its story if the importer sees it, and why a version was refused."""

    state: RowState
    story: Story | None = None
    reasons: tuple[Reason, ...] = ()


def file(item: NewsItem, *, desk: Desk, outlet: Source | None, actor: User, now: datetime) -> Filed:
    """Create a draft from an item, or take a new version of an item on file: its words, its embargo, its withdrawal.

    The caller holds the desk's import lock. The item stays with the desk that imports it, even if the story has moved:
    the state is then returned without the story, which the desk no longer sees. An embargo is applied even if its
    version is refused.
    """
    wire_item = _lock(desk, item.key)
    if wire_item is None:
        _require_usable(item)
        return Filed(RowState.FILED, _create_draft(item, desk=desk, outlet=outlet, actor=actor, now=now))
    story = wire_item.story
    order = later_versions.order(wire_item, item)
    # An importer who has lost the right to import may still restrict, and lifts nothing.
    permitted = access.may(actor.facts(), Action.STORY_PITCH, desk_facts := SubjectFacts.of_desk(desk.pk))
    later_versions.apply_embargo(wire_item, item, order if permitted else min(order, 0), actor=actor, now=now)

    def take() -> RowState:
        if not item.is_withdrawal:
            require_permission(actor, Action.STORY_PITCH, desk_facts)
            _require_usable(item)
        return later_versions.apply(wire_item, item, order, actor=actor, now=now)

    try:
        state = run_in_transaction(take)
    except ActionError as refusal:
        return Filed(RowState.REFUSED, reasons=refusal.reasons)
    return Filed(state, Story.objects.visible_to(actor.facts()).filter(pk=story.pk).first())


def _lock(desk: Desk, key: str) -> WireItem | None:
    """The desk's wire item with this key and its story, both locked. The story may be merged into another meanwhile."""
    while (found := WireItem.objects.filter(desk=desk, key=key).first()) is not None:
        story = lock(Story, found.story_id, None)
        wire_item = WireItem.objects.select_for_update().get(pk=found.pk)
        if wire_item.story_id == story.pk:
            wire_item.story = story
            return wire_item
    return None


def _require_usable(item: NewsItem) -> None:
    """Raise `ValidationFailed` if no story can be made of the item."""
    if item.problem is not None:
        raise ValidationFailed(Reason(*item.problem))
    if item.is_withdrawal:
        raise ValidationFailed(
            Reason("NOT_USABLE", f"Its outlet has marked it “{item.pub_status}”: do not use it.", "pubstatus")
        )
    if len(item.uri) > _MAX_URI_LENGTH:
        raise ValidationFailed(Reason("URI_TOO_LONG", f"Its id is longer than {_MAX_URI_LENGTH:,} characters.", "uri"))
    if len(item.text) > _MAX_TEXT_LENGTH:
        raise ValidationFailed(
            Reason("TOO_LONG", f"The text is longer than {_MAX_TEXT_LENGTH:,} characters. Shorten it.", "text")
        )


def _notices(item: NewsItem, desk: Desk) -> Iterator[tuple[NewsItem, int]]:
    """Versions that were refused while the item was not on file – notices may be faster – and if this one is newer."""
    refused = ImportRow.objects.filter(batch__desk=desk, batch__check_only=False, state=RowState.REFUSED.value)
    for row in refused.annotate(key=KeyTextTransform("key", "data")).filter(key=item.key).order_by("id"):
        notice = NewsItem.from_dict(row.data)
        yield notice, news_item.order(item.edition, item.stated_at, notice.edition, notice.stated_at)


def _create_draft(item: NewsItem, *, desk: Desk, outlet: Source | None, actor: User, now: datetime) -> Story:
    notices = list(_notices(item, desk))
    for notice, order in notices:
        if notice.is_withdrawal and not item.lifts(notice.pub_status, order):
            raise ValidationFailed(
                Reason("WIRE_ITEM_WITHDRAWN", f"Its outlet has since marked it “{notice.pub_status}”: do not use it.")
            )
    outlet = outlet or _outlet(item.outlet, desk, actor, now)
    exhibit = later_versions.archive(item, desk, actor, now)
    story = stories.pitch(desk_id=desk.pk, headline=item.headline, body=item.text, actor=actor, now=now)
    wire_item = WireItem(
        desk=desk,
        uri=item.uri,
        key=item.key,
        link=item.link,
        outlet=outlet,
        story=story,
        exhibit=exhibit,
        digest=item.digest,
        edition=item.edition,
        published_at=later_versions.supported(item.published_at),
        published_on=later_versions.supported(item.published_on),
        revised_at=later_versions.supported(item.revised_at),
        embargo_until=item.embargo_until,
        embargo_as_stated=item.embargo_as_stated,
        states_embargo=item.states_embargo,
        states_status=item.states_status,
        held_at=now if item.embargo_as_stated else None,
        received_at=now,
    )
    validate_and_save(wire_item)
    for notice, order in notices:
        later_versions.apply_embargo(wire_item, notice, -order, actor=actor, now=now)
    return story


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
