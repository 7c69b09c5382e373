"""Wire embargoes: a story drafted from an embargoed wire item cannot run earlier."""

from __future__ import annotations

from datetime import datetime

from editorial.models import Story, WireItem
from editorial.workflow.core.errors import Conflict


def enforce(story: Story, *, at: datetime) -> None:
    """Raise `Conflict` if the story was drafted from a wire item that is under embargo at this time.

    The gate handles embargoes on single statements ("Verification", section 5), as other sources may have given them
    too. The message does not name the outlet, which may be hidden from the actor.
    """
    wire_item = WireItem.objects.filter(story=story, embargo_until__gt=at).first()
    if wire_item is not None:
        raise Conflict(
            "This story was drafted from a wire item that is under embargo until "
            f"{wire_item.embargo_until:%d %B %Y, %H:%M} UTC. Schedule it for then, or write a story of your own.",
            code="UNDER_EMBARGO",
        )
