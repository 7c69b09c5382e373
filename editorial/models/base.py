"""Identifiers and enum columns: what every table has in common."""

from typing import Any

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from editorial.policy.vocabulary import ChoiceEnum


class UUIDModel(models.Model):
    """A row known by a UUIDv7: unguessable, and in the order of making, so that indexes stay compact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class VersionedModel(UUIDModel):
    """A row that people revise: whoever revises names the version they saw, and loses politely if it has moved."""

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts revisions; name the one you saw when you revise."
    )

    class Meta:
        abstract = True


def enum_field(vocabulary: type[ChoiceEnum], **options: Any) -> Any:
    """A column that holds one word of a vocabulary of `editorial.policy`."""
    return models.CharField(max_length=32, choices=vocabulary.choices(), **options)


def enum_check(table: str, column: str, vocabulary: type[ChoiceEnum], *, blank: bool = False) -> models.CheckConstraint:
    """The database's own check that a column holds a word of its vocabulary (or nothing, where `blank`)."""
    words = [member.value for member in vocabulary] + ([""] if blank else [])
    return models.CheckConstraint(condition=Q(**{f"{column}__in": words}), name=f"{table}_{column}_known")
