"""Which desks see a claim: its own, and each with a story that uses it or a compound that it is part of.

Written down, so that a list looks it up and need not find it out anew for each row (decision 0030). Kept by triggers,
under a lock of the claim (`touches`); `claim_desks(claims)` of the database is the rule that they follow.
"""

from __future__ import annotations

from django.db import models


class ClaimVisibility(models.Model):
    """A desk sees a claim, and all that is seen through it."""

    pk = models.CompositePrimaryKey("claim", "desk")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.CASCADE, related_name="visibility", db_index=False)
    desk = models.ForeignKey("editorial.Desk", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["desk", "claim"], name="claimvisibility_by_desk")]

    def __str__(self) -> str:
        return f"{self.desk_id} sees {self.claim_id}"
