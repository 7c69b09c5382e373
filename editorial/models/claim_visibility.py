"""Claim visibility: the desks of a claim, of what contains it, and of the stories that use one of these.

A compound contains its parts, an utterance what it carries: to judge the one, a reader must see the other.

Stored so that lists need not compute it per row (decision 0030). Triggers keep it current under a lock of the claim
(`change_triggers`); the database function `claim_desks(claims)` is the rule they apply.
"""

from __future__ import annotations

from django.db import models


class ClaimVisibility(models.Model):
    """A desk sees a claim and everything that hangs on it."""

    pk = models.CompositePrimaryKey("claim", "desk")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.CASCADE, related_name="visibility", db_index=False)
    desk = models.ForeignKey("editorial.Desk", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["desk", "claim"], name="claimvisibility_by_desk")]

    def __str__(self) -> str:
        return f"{self.desk_id} sees {self.claim_id}"
