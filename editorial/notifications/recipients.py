"""Whom a matter concerns: the circles that policy names, found from what it is about, and those who follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import Membership, ReplyRequest, Signoff, Statement, Story, StoryAuthor, Subscription
from editorial.notifications.subjects import Matter
from editorial.policy import audience
from editorial.policy.access import Role
from editorial.policy.audience import Audience
from editorial.policy.publication.transitions import StoryStatus

# What is said to these alone is theirs; what authors or editors hear, followers hear too.
_OPEN_TO_FOLLOWERS = {Audience.AUTHORS, Audience.EDITORS}


def on_duty(matter: Matter) -> set[UUID]:
    """The people who must hear of it, whether they like it or not."""
    found = (_MEMBERS[circle](matter) for circle in audience.concerned(matter.event.verb))
    return {person for people in found for person in people}


def following(matter: Matter) -> dict[UUID, bool]:
    """The people who chose to hear of it, and whether by mail too. Sources are followed by nobody."""
    if matter.about_a_source or not audience.concerned(matter.event.verb) & _OPEN_TO_FOLLOWERS:
        return {}
    chosen = Subscription.objects.filter(
        Q(desk__in=matter.desks) | Q(claim__in=matter.claims) | Q(story__in=_stories(matter))
    )
    by_mail: dict[UUID, bool] = {}
    for person, mail in chosen.values_list("user_id", "by_mail"):
        by_mail[person] = by_mail.get(person, False) or mail
    return by_mail


def _stories(matter: Matter) -> QuerySet[Story]:
    """The story it is about, or those that use the claims or their compounds, or have them in print."""
    if matter.stories:
        return Story.objects.filter(pk__in=[story.pk for story in matter.stories])
    uses = (
        Q(uses__claim__in=matter.claims)
        | Q(uses__claim__parts__in=matter.claims)
        | Q(published_uses__claim__in=matter.claims)
        | Q(published_uses__claim__parts__in=matter.claims)
    )
    return Story.objects.filter(uses).exclude(status=StoryStatus.SPIKED.value)


def _authors(matter: Matter) -> Iterable[UUID]:
    return StoryAuthor.objects.filter(story__in=_stories(matter)).values_list("user_id", flat=True)


def _collectors(matter: Matter) -> Iterable[UUID]:
    on_claims = Q(claim__in=matter.claims) | Q(claim__wholes__in=matter.claims)
    return Statement.objects.filter(on_claims).values_list("collected_by_id", flat=True)


def _holding(*roles: Role) -> Callable[[Matter], Iterable[UUID]]:
    """Whoever has one of these roles at a desk concerned, or in the whole house."""

    def holders(matter: Matter) -> Iterable[UUID]:
        there = Q(desk__in=matter.desks) | Q(desk=None)
        return Membership.objects.filter(there, role__in=[role.value for role in roles]).values_list(
            "user_id", flat=True
        )

    return holders


def _proposer(matter: Matter) -> Iterable[UUID]:
    return Signoff.objects.filter(pk__in=_named(matter, "signoff")).values_list("proposed_by_id", flat=True)


def _holder(matter: Matter) -> Iterable[UUID]:
    return _named(matter, "holder")


def _asker(matter: Matter) -> Iterable[UUID]:
    return [matter.row.sent_by_id] if isinstance(matter.row, ReplyRequest) else []


def _owners(matter: Matter) -> Iterable[UUID]:
    return matter.owners


def _named(matter: Matter, field: str) -> list[UUID]:
    """The id that the event's data holds under this name, if it does."""
    return [UUID(str(matter.data[field]))] if matter.data.get(field) else []


_MEMBERS: dict[Audience, Callable[[Matter], Iterable[UUID]]] = {
    Audience.AUTHORS: _authors,
    Audience.COLLECTORS: _collectors,
    Audience.EDITORS: _holding(Role.EDITOR, Role.SENIOR_EDITOR),
    Audience.STANDARDS: _holding(Role.STANDARDS_EDITOR),
    Audience.FACT_CHECKERS: _holding(Role.FACT_CHECKER),
    Audience.COPY_EDITORS: _holding(Role.COPY_EDITOR),
    Audience.LAWYERS: _holding(Role.LAWYER),
    Audience.CUSTODIANS: _holding(Role.CUSTODIAN),
    Audience.PROPOSER: _proposer,
    Audience.HOLDER: _holder,
    Audience.ASKER: _asker,
    Audience.ADMINS: _holding(Role.ADMIN),
    Audience.OWNERS: _owners,
}
