"""Why a scheduled correction is not published at its time, besides its story's gate."""

from __future__ import annotations

FORBIDDEN = "FORBIDDEN"
NAMES_CHANGED = "NAMES_CHANGED"

REFUSALS = {
    FORBIDDEN: "The person who scheduled it may no longer correct this story.",
    NAMES_CHANGED: (
        "A confidential source has been added since this note was checked. The note may contain the name, so it was "
        "removed. Write it again."
    ),
}
"""What the desk reads, by code."""
