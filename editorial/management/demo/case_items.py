"""The demo's data as items of a case, as `POST /cases` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from editorial.management.demo.case_data import Claim, Source, Statement, StoryCopy

STORY = "story"
"""The name by which a case refers to its story."""


def case_items(
    ids: Mapping[str, Any],
    *,
    sources: Iterable[Source] = (),
    claims: Iterable[Claim] = (),
    statements: Iterable[Statement] = (),
    stories: Iterable[StoryCopy] = (),
) -> dict[str, list[dict[str, Any]]]:
    """The items by kind. They refer to existing objects by id (`ids`), and to each other as `#name`."""
    claims = list(claims)
    known = ids.keys() | {claim.id for claim in claims}

    def refer(name: str) -> Any:
        return ids.get(name, f"#{name}")

    return {
        "sources": [
            _present(
                ref=source.id,
                type=source.type,
                name=source.name,
                unnamed=source.unnamed,
                benefits_if=source.benefits_if,
                establishes=[refer(claim) for claim in source.establishes if claim in known],
                identity_name=source.identity and source.identity.name,
                identity_known_by=source.identity and source.identity.known_by,
                **{kind: refer(name) for kind, name in source.ties.items()},
            )
            for source in sources
        ],
        "claims": [
            _present(
                ref=claim.id,
                text=claim.text,
                kind=claim.kind,
                risk=claim.risk,
                adverse_to=[refer(party) for party in claim.adverse_to],
                parts=[{"ref": name, "text": text} for name, text in claim.parts.items()],
            )
            for claim in claims
        ],
        "statements": [
            _present(
                ref=statement.id,
                claim=refer(statement.claim),
                source=refer(statement.source),
                stance=statement.stance,
                directness=statement.directness,
                obtained_by=statement.obtained_by,
                exhibit=statement.exhibit and refer(statement.exhibit),
                reply_request=statement.reply_request and refer(statement.reply_request),
                repeats=[refer(origin) for origin in statement.repeats],
            )
            for statement in statements
        ],
        "stories": [
            {
                "ref": STORY,
                "headline": copy.headline,
                "body": copy.body,
                "uses": [
                    {
                        "claim": refer(use.claim),
                        "mode": use.mode,
                        "central": use.central,
                        "stated_source_count": use.stated_source_count,
                        "relies_on": [refer(statement) for statement in use.relies_on],
                    }
                    for use in copy.uses
                ],
            }
            for copy in stories
        ],
    }


def _present(**fields: Any) -> dict[str, Any]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}
