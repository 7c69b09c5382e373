"""Base models and enum columns."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from editorial.policy.vocabulary import ChoiceEnum


class UUIDModel(models.Model):
    """A row with a UUIDv7 key: unguessable, and in order of creation, so that indexes stay compact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class VersionedModel(UUIDModel):
    """A row with optimistic locking: an update names the version it is based on and fails if that is outdated."""

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts revisions; an update names the revision it is based on."
    )

    class Meta:
        abstract = True


class SearchDocument(models.Model):
    """The words of one row, stemmed and without accents; those of its title weigh more."""

    vector = SearchVectorField()

    class Meta:
        abstract = True
        # `fastupdate` would make a search read what is not merged yet.
        indexes = [GinIndex(fields=["vector"], fastupdate=False, name="%(class)s_words")]


class SyncPosition(models.Func):
    """The position of the running transaction (`ops.change_log`): `sync_position()` in the database."""

    function = "sync_position"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


def enum_field(vocabulary: type[ChoiceEnum], **options: Any) -> Any:
    """A column that holds one value of a vocabulary in `editorial.policy`."""
    return models.CharField(max_length=32, choices=vocabulary.choices(), **options)


def enum_check(table: str, column: str, vocabulary: type[ChoiceEnum], *, blank: bool = False) -> models.CheckConstraint:
    """The database check that a column holds a value of its vocabulary (or nothing, if `blank`)."""
    values = [member.value for member in vocabulary] + ([""] if blank else [])
    return models.CheckConstraint(condition=Q(**{f"{column}__in": values}), name=f"{table}_{column}_known")


def filter_index(table: str, *columns: str) -> GinIndex:
    """An index for the filters of a list. It finds rows with a rare value; in the list's own order all would be read.

    A column with few values takes a byte or two a row. `fastupdate` would make a search read what is not merged yet.
    """
    return GinIndex(fields=columns, fastupdate=False, name=f"{table}_filters")


def trigram_index(name: str, *columns: str) -> GinIndex:
    """An index for searches of parts of words, and of words of similar spelling.

    New entries wait in a list that every search reads, until the list is full. At PostgreSQL's own limit, it would have
    4 MB; so many pages an index would never give back.
    """
    return GinIndex(fields=columns, opclasses=["gin_trgm_ops"] * len(columns), gin_pending_list_limit=64, name=name)


NOT_RECORDED = "(not recorded)"
"""Replaces a text in the record of a change: the text may contain a name, which must not outlive the text."""


def is_free_text(model: type[models.Model], name: str) -> bool:
    """Whether people write the field's text themselves."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.CharField | models.TextField) and not field.choices
