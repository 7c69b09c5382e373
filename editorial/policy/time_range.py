"""The range of times that input may have."""

from __future__ import annotations

SUPPORTED_YEARS = range(1000, 9001)
"""The years that input may have. A time of the year 1 or 9999 cannot be shown in every time zone."""
