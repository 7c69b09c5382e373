"""What an outlet asks of those it gives its words to before they may be used: a draft of them keeps to it."""

from __future__ import annotations

from datetime import datetime

from editorial.models import Story, WireItem
from editorial.workflow.core.actions import Conflict


def enforce(story: Story, *, at: datetime) -> None:
    """Refuse to let a story run at this time, if it was drafted from an original that is under embargo then.

    An embargo on single statements is the gate's ("Verification", section 5): they may be known from elsewhere. The
    outlet is not named, since it may be protected from whoever asks.
    """
    original = WireItem.objects.filter(story=story, embargo_until__gt=at).first()
    if original is not None:
        raise Conflict(
            "This was drafted from an original that is under embargo until "
            f"{original.embargo_until:%d %B %Y, %H:%M} UTC. Let it run then, or write a story of your own.",
            code="UNDER_EMBARGO",
        )
