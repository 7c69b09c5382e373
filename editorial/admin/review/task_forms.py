"""What ending a review task asks for."""

from __future__ import annotations

from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Prose


class Found(VerbForm):
    """What was found, if it needs saying."""

    note = Prose("What was found", required=False, help_text="The finding itself is what you recorded.")


class Exhausted(VerbForm):
    """What was tried."""

    note = Prose("What was tried", help_text="For whoever asks again.")
