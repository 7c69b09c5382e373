"""Identity resolution: sources that share a token or were merged are one person, across chains of any length."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from editorial.models import Source
from editorial.policy.verification.graphs import DisjointSets

# A source, its token and the source it was merged into; the last two may be empty.
Link = tuple[str, str, str]

# Arrays rather than IN: of thousands of ids, each would be a parameter of its own.
_LINKS_SQL = """
    SELECT id, key, merged_into_id FROM editorial_source
    WHERE (key <> '' OR merged_into_id IS NOT NULL)
        AND (id = ANY(%(ids)s::uuid[]) OR merged_into_id = ANY(%(ids)s::uuid[]) OR key = ANY(%(names)s::text[]))
"""


def resolve(names: Iterable[str]) -> dict[str, str]:
    """Map every given source id and token, and every alias of theirs, to one identity per person.

    A source that shares a token with a merged source is the same person as the source it was merged into. The identity
    is the token of a record that was not merged into another, or its id if it has no token.
    """
    all_names = set(names)
    links = _links(all_names)
    clusters = DisjointSets(sorted(all_names | {name for link in links for name in link if name}))
    for source, token, into in links:
        for alias in filter(None, (token, into)):
            clusters.union(source, alias)
    merged = {source for source, _, into in links if into}
    tokens = {source: token for source, token, _ in links if token}
    return {
        name: min(tokens.get(member, member) for member in cluster if member not in merged)
        for cluster in clusters.sets()
        for name in cluster
    }


def aliases_of(source: Source) -> list[UUID]:
    """Every source that is the same person, itself included."""
    identity = resolve([str(source.pk)])
    own_identity = identity[str(source.pk)]
    return [UUID(name) for name in _ids(name for name, person in identity.items() if person == own_identity)]


def _links(names: set[str]) -> set[Link]:
    """Links from these names to others, followed transitively."""
    all_links: set[Link] = set()
    visited: set[str] = set()
    new = names
    while new:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS_SQL, {"ids": _ids(new), "names": list(new - {""})})
            links = {(str(source), token, str(into or "")) for source, token, into in cursor}
        all_links |= links
        visited |= new
        new = {name for link in links for name in link if name} - visited
    return all_links


def _ids(names: Iterable[str]) -> list[str]:
    """The names that are source ids (UUIDs); tokens have another format."""
    return [name for name in names if len(name) == 36 and name.count("-") == 4]
