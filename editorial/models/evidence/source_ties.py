"""Sources that belong together, as parts of recursive SQL queries: one person's records, and a party's house."""

from __future__ import annotations

_SAME_KEY = """
        SELECT other.id FROM editorial_source own JOIN editorial_source other ON other.key = own.key AND other.key <> ''
        WHERE own.id = {known}.id AND own.key <> ''"""

# In either direction. One branch per column, because each has an index.
_HOUSE_TIES = ("org_id", "speaks_for_id", "parent_id", "merged_into_id")


def house(seeds: str) -> str:
    """A CTE `house(id)`: the sources that `seeds` selects, and those tied to them over any number of steps.

    One person may have several records, each with other ties: a house consists of people, so that these are followed.
    """
    return f"house(id) AS ({few(seeds)} UNION {_followed('house', _HOUSE_TIES)})"


def persons(seeds: str) -> str:
    """A CTE `persons(id)`: the sources that `seeds` selects, and all that share a token or were merged with one."""
    return f"persons(id) AS ({few(seeds)} UNION {_followed('persons', ('merged_into_id',))})"


def few(ids: str) -> str:
    """These ids, of which PostgreSQL expects few.

    Of a recursive query it would expect millions of rows, and reserve memory for them, which takes longer than the
    query.
    """
    return f"SELECT unnest(ARRAY({ids}))"


def _followed(known: str, columns: tuple[str, ...]) -> str:
    """The sources next to a known one. LATERAL, because of a recursive query PostgreSQL expects too many rows."""
    into = "".join(
        f"\n        UNION ALL SELECT id FROM editorial_source WHERE {column} = {known}.id" for column in columns
    )
    return f"""
    SELECT near.id FROM {known} CROSS JOIN LATERAL (
        SELECT unnest(ARRAY[{", ".join(columns)}]) FROM editorial_source WHERE id = {known}.id{into}
        UNION ALL{_SAME_KEY.format(known=known)}
    ) near(id) WHERE near.id IS NOT NULL"""


def _query(table: str, rows: str) -> str:
    # The outermost word is SELECT: pghistory sets its context before anything else.
    return f"SELECT * FROM (WITH RECURSIVE {table} {rows}) found"


HOUSE = _query(house("SELECT unnest(%(ids)s::uuid[])"), "SELECT id FROM house")
"""These sources, and those tied to them."""

PERSONS = _query(
    persons(
        "SELECT id FROM editorial_source WHERE id = ANY(%(ids)s::uuid[])"
        " UNION SELECT id FROM editorial_source WHERE key <> '' AND key = ANY(%(keys)s)"
    ),
    "SELECT id, key, merged_into_id FROM editorial_source"
    " WHERE id = ANY(ARRAY(SELECT id FROM persons)) AND (key <> '' OR merged_into_id IS NOT NULL)",
)
"""Each record of the persons with these ids or tokens, with its token and the source it was merged into."""
