"""Search documents: the words of each story, claim, statement, source and archived copy, by which search finds it.

Triggers maintain them in the transaction that writes the text (`refresh_search_documents`), so none is ever stale. They
say nothing of who sees a row: search joins the row and asks `visible_to`. Sources have a table of their own, which is
rewritten with theirs when one is protected.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models

from editorial.models.base_fields import SearchDocument
from editorial.models.evidence.claims import Claim
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import Source
from editorial.models.evidence.statements import Statement
from editorial.models.stories.stories import Story, StoryRevision


def _row(model: type[models.Model]) -> Any:
    return models.OneToOneField(model, on_delete=models.CASCADE, primary_key=True, related_name="search")


class StorySearchDocument(SearchDocument):
    """The headline and body of a story's current revision."""

    story = _row(Story)


class ClaimSearchDocument(SearchDocument):
    """The text of a claim."""

    claim = _row(Claim)


class StatementSearchDocument(SearchDocument):
    """The quote of a statement that has one."""

    statement = _row(Statement)


class SourceSearchDocument(SearchDocument):
    """The name and description of a source; of an unnamed one what its desk may read, never its identity."""

    source = _row(Source)


class ExhibitSearchDocument(SearchDocument):
    """The title, URL and pasted text of an archived copy."""

    exhibit = _row(Exhibit)


SEARCHED: dict[str, type[models.Model]] = {
    "story": Story,
    "claim": Claim,
    "statement": Statement,
    "source": Source,
    "exhibit": Exhibit,
}
"""What search finds, by the name of the model."""

DOCUMENTS: dict[str, type[SearchDocument]] = {
    "story": StorySearchDocument,
    "claim": ClaimSearchDocument,
    "statement": StatementSearchDocument,
    "source": SourceSearchDocument,
    "exhibit": ExhibitSearchDocument,
}
"""The documents of each."""

_WRITES = (
    (Story, "story", "id", ("headline",)),
    (StoryRevision, "story", "story_id", ()),  # never edited
    (Claim, "claim", "id", ("text",)),
    (Statement, "statement", "id", ("quote",)),
    (Source, "source", "id", ("name", "description")),
    (Exhibit, "exhibit", "id", ("title", "url", "text")),
)
"""The columns that hold the words of a row: model, whose words, by which key, columns."""


def _trigger(kind: str, key: str, columns: tuple[str, ...]) -> pgtrigger.Trigger:
    """Write the document of a new row, and of one whose words have changed: a save names every column."""
    operation, condition = pgtrigger.Insert, "TG_OP = 'INSERT'"
    if columns:
        operation = operation | pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]
        before, after = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        condition += f" OR ({before}) IS DISTINCT FROM ({after})"
    refresh = f"PERFORM refresh_search_documents('{kind}', ARRAY[NEW.{key}]);"
    return pgtrigger.Trigger(
        name="search_document",
        when=pgtrigger.After,
        operation=operation,
        func=f"IF {condition} THEN {refresh} END IF; RETURN NULL;",
    )


for _model, _kind, _key, _columns in _WRITES:
    pgtrigger.register(_trigger(_kind, _key, _columns))(_model)
