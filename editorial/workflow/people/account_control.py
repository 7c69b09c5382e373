"""Account control: who created an account or set its password, and so may be able to act as its user.

Two approvals count as those of two people only if neither person may control the other's account.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from editorial.models import AccountChange, Event, User
from editorial.models.ops.events import EventQuerySet
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import AccountChangeKind, AccountChangeState
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit

_SETS_PASSWORD = (
    Q(action__in=[Action.USER_CREATE, Action.USER_CHANGE_PASSWORD, SystemEvent.USER_RESET_ACCESS])
    | Q(action=Action.USER_REVISE, data__changed__has_key="password")
)  # fmt: skip


def may_control(person: User, account: User) -> bool:
    """Whether the person created the account or knows its password."""
    created = _events(account).filter(action=Action.USER_CREATE, actor=person)
    return created.exists() or knows_password(person, account)


def knows_password(person: User, account: User) -> bool:
    """Whether the person, and not the owner, last set the account's password."""
    return person.pk != account.pk and _last_setter(account) == person.pk


def _last_setter(account: User) -> UUID | None:
    last = _events(account).filter(_SETS_PASSWORD).order_by("number").last()
    changes = AccountChange.objects.filter(
        user=account, kind=AccountChangeKind.PASSWORD.value, state=AccountChangeState.CARRIED_OUT.value
    )
    if last is not None:
        changes = changes.filter(ended_at__gt=last.at)
    setter: UUID | None = changes.order_by("ended_at").values_list("requested_by_id", flat=True).last()
    return setter or (last.actor_id if last else None)


def _events(account: User) -> EventQuerySet:
    return Event.objects.filter(stream=audit.stream_of(account))
