"""Single sign-on: how the provider's groups map to roles, and whether it used a second factor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from editorial.policy.roles import Role

RoleAtDesk = tuple[Role, str | None]
"""A role and the slug of its desk; None: in the whole organisation."""


class InvalidMapping(ValueError):
    """The mapping of groups to roles is malformed. The message names the group."""


def parse_mapping(mapping: Any) -> dict[str, frozenset[RoleAtDesk]]:
    """The roles of each group. `{"editors": ["editor", "politics"], "all": [["admin"], ["reporter", "city"]]}`.

    A role without a desk holds in the whole organisation.
    """
    if not isinstance(mapping, Mapping):
        raise InvalidMapping("It is not a JSON object of groups and roles.")
    return {str(group): frozenset(_parse_roles(str(group), roles)) for group, roles in mapping.items()}


def roles_of(groups: Iterable[str], mapping: Mapping[str, Iterable[RoleAtDesk]]) -> frozenset[RoleAtDesk]:
    """The roles of somebody in these groups."""
    return frozenset(role for group in groups for role in mapping.get(group, ()))


def groups_in(claim: object) -> tuple[str, ...]:
    """The groups in a claim, which holds a list of names or one name."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(item for item in claim if isinstance(item, str)) if isinstance(claim, list) else ()


def used_second_factor(claims: Mapping[str, object], *, methods: Collection[str], contexts: Collection[str]) -> bool:
    """Whether the provider used a second factor: `amr` names one of these methods, or `acr` is one of the contexts."""
    return bool(set(groups_in(claims.get("amr"))) & set(methods)) or claims.get("acr") in tuple(contexts)


def _parse_roles(group: str, roles: Any) -> Iterable[RoleAtDesk]:
    pairs = [roles] if isinstance(roles, Sequence) and roles and isinstance(roles[0], str) else roles
    if not isinstance(pairs, Sequence) or isinstance(pairs, str):
        raise InvalidMapping(f"{group} is not mapped to a role and a desk.")
    for pair in pairs:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) not in (1, 2):
            raise InvalidMapping(f"{group} is not mapped to a role and a desk.")
        role, desk = pair[0], pair[1] if len(pair) == 2 else None
        if role not in tuple(Role):
            raise InvalidMapping(f"{group} names {role!r}, which is not a role.")
        if desk is not None and not isinstance(desk, str):
            raise InvalidMapping(f"{group} names a desk that is not a short name.")
        yield Role(role), desk or None
