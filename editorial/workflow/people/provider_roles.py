"""Roles from the OpenID provider: at each sign-in, a user gets exactly the roles of their groups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings

from editorial.models import Desk, Membership, User
from editorial.policy.people import account_changes
from editorial.policy.people import single_sign_on as policy
from editorial.policy.people.single_sign_on import RoleAtDesk
from editorial.policy.roles import Role
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, validate_and_save
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import lock
from editorial.workflow.people import earlier_access, users

log = structlog.get_logger(__name__)

MappedRole = tuple[Role, UUID | None]


def mapped_roles(claim: object) -> frozenset[MappedRole]:
    """The roles that the groups in this claim map to. A role at a desk that does not exist is skipped and logged."""
    wanted: frozenset[RoleAtDesk] = policy.roles_of(policy.groups_in(claim), policy.parse_mapping(settings.OIDC_ROLES))
    slugs = {desk for _, desk in wanted if desk}
    desks = dict(Desk.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    for slug in sorted(slugs - desks.keys()):
        log.error("OIDC_ROLES names a desk that does not exist", desk=slug)
    return frozenset((role, desks[desk] if desk else None) for role, desk in wanted if not desk or desk in desks)


@atomic_action
def map_roles(*, user_id: UUID, roles: Collection[MappedRole], actor: User | None, now: datetime) -> User:
    """Give a user exactly these roles. The last administrator of the whole organisation keeps that role.

    The provider's administrators decide, so the event has no actor.
    """
    user = lock(User, user_id, None)
    present = {(Role(link.role), link.desk_id): link for link in Membership.objects.filter(user=user).order_by("pk")}
    added = sorted(set(roles) - present.keys(), key=_order)
    unmapped = sorted(present.keys() - set(roles), key=_order)
    retained = [mapped for mapped in unmapped if _is_last_administrator(present[mapped])]
    removed = [mapped for mapped in unmapped if mapped not in retained]
    for role, desk in added:
        validate_and_save(Membership(user=user, role=role.value, desk_id=desk))
    for mapped in removed:
        present[mapped].delete()
    if account_changes.is_protected([role for role, _ in added]):
        # Somebody else may hold a session or a token, and could use the new role through it.
        earlier_access.end(user, actor=actor, now=now)
    if added or removed:
        audit.log(
            user, SystemEvent.USER_MAP_ROLES, actor=actor, now=now, added=_event_value(added),
            removed=_event_value(removed), kept=_event_value(retained),
        )  # fmt: skip
    return user


def _is_last_administrator(link: Membership) -> bool:
    if (link.role, link.desk_id) != (Role.ADMIN, None):
        return False
    try:
        users.require_remaining_administrator(Membership.objects.exclude(pk=link.pk))
    except Conflict:
        return True
    return False


def _order(role: MappedRole) -> tuple[str, str]:
    return role[0].value, str(role[1] or "")


def _event_value(roles: Collection[MappedRole]) -> list[list[str | None]]:
    return [[role.value, str(desk) if desk else None] for role, desk in roles]
