"""Mentions: the people whom a comment names, resolved when they are notified and stored nowhere."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from editorial.models import CommentRevision, Desk, Event, User
from editorial.policy.actions import Action
from editorial.policy.mentions import mentions_in


def mentioned_in(event: Event) -> frozenset[UUID]:
    """The active users whom the text of this event names, or a desk of theirs; of an edited text the new ones.

    A word that is a username and the short name of a desk means the person.
    """
    if event.action not in (Action.COMMENT_ADD, Action.COMMENT_EDIT):
        return frozenset()
    number = event.data["revision"]
    revisions = CommentRevision.objects.filter(comment=event.data["comment"], number__in=[number - 1, number])
    texts = dict(revisions.values_list("number", "text"))
    names = mentions_in(texts.get(number, "")) - mentions_in(texts.get(number - 1, ""))
    return _people(names) if names else frozenset()


def _people(names: frozenset[str]) -> frozenset[UUID]:
    users = User.objects.filter(is_active=True)
    named = dict(users.annotate(lower=Lower("username")).filter(lower__in=names).values_list("pk", "lower"))
    desks = Desk.objects.annotate(lower=Lower("slug")).filter(lower__in=names - set(named.values()))
    at_desks = users.filter(Q(memberships__desk__in=desks)) if desks else users.none()
    return frozenset(named).union(at_desks.values_list("pk", flat=True))
