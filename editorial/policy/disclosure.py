"""Disclosure: what a reader may learn about sources, and about two records being one person.

Everybody sees named sources; an unnamed source is seen at the desk that registered it. That an unnamed source and
another record are one person, or share an employer, owner, principal or side, is explained to custodians only.
Everybody else learns that the statements count as one voice.
"""

from collections.abc import Iterable

from editorial.policy import access
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.policy.vocabulary import Join

UNNAMED_SOURCE = "an unnamed source"
"""An unnamed source where the reader is not known."""
PROTECTED_SOURCE = "a protected source"
"""A source that the reader may not see."""
PROTECTED_JOIN = "They count as one voice; the reason is protected."

# These follow from the statements themselves, which their readers see.
_JOINS_OF_STATEMENTS = frozenset({Join.J2, Join.J3})


def may_see(reader: ActorFacts, source: SubjectFacts) -> bool:
    """Whether the reader may see this source."""
    return bool(access.may(reader, Action.SEE, source))


def is_custodian(reader: ActorFacts, desks: Iterable[object]) -> bool:
    """Whether the reader is a custodian at every one of these desks, or for the whole organisation."""
    own = {desk for role, desk in reader.memberships if role is Role.CUSTODIAN}
    return reader.active and (None in own or (bool(own) and {str(desk) for desk in desks} <= own))


def is_custodian_of_all(reader: ActorFacts) -> bool:
    """Whether the reader is a custodian of the whole organisation."""
    return reader.active and (Role.CUSTODIAN, None) in reader.memberships


def may_explain(join: Join, *, same_record: bool, unnamed: bool, custodian: bool) -> bool:
    """Whether the rule of a join may be shown.

    `same_record`: both statements are of one record that the reader sees. `unnamed`: an unnamed source is among the
    records, or among those they refer to. `custodian`: of every unnamed one.
    """
    if join in _JOINS_OF_STATEMENTS or custodian or not unnamed:
        return True
    return join is Join.J1 and same_record
