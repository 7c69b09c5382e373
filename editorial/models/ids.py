"""Times in ids: the first 48 bits of a UUIDv7 are the milliseconds since 1970 at which the row was created."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)


def created_at(row_id: UUID) -> datetime:
    """When the row with this id was created."""
    return _EPOCH + (row_id.int >> 80) * _MILLISECOND


def first_after(moment: datetime) -> UUID:
    """The lowest id of rows that were created after this moment."""
    return _lowest((moment - _EPOCH) // _MILLISECOND + 1)


def first_from(moment: datetime) -> UUID:
    """The lowest id of rows that were created at this moment or after it."""
    return _lowest(-((_EPOCH - moment) // _MILLISECOND))


def _lowest(milliseconds: int) -> UUID:
    return UUID(int=(min(max(milliseconds, 0), 2**48 - 1) << 80) | _VERSION_AND_VARIANT)
