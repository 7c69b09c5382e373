"""The time that parties have to reply: the policy's window, or less with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from editorial.models import Claim
from editorial.models.unions import keys_of_any
from editorial.policy.vocabulary import Risk
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.review import policies


def window_of(claims: Iterable[Claim], now: datetime) -> timedelta | None:
    """The longest window that the policy grants for these claims and their parts; None if it grants none."""
    _, policy = policies.in_force(now)
    claim_ids = [claim.pk for claim in claims]
    covered = keys_of_any(Claim.objects.all(), Q(pk__in=claim_ids), Q(compounds__in=claim_ids))
    risks = Claim.objects.filter(pk__in=covered).order_by().values_list("risk", flat=True)
    hours = [policy.rules[Risk(risk)].reply_hours for risk in risks.distinct()]
    return max((timedelta(hours=each) for each in hours if each is not None), default=None)


def require_deadline(
    deadline_at: datetime | None, *, sent_at: datetime, window: timedelta | None, reason: str
) -> datetime:
    """The deadline: by default the end of the window. An earlier one needs a reason."""
    if deadline_at is None:
        if window is None:
            raise ValidationFailed(
                Reason(
                    "NO_DEADLINE", "The policy sets no window for claims of this risk. Set a deadline.", "deadline_at"
                )
            )
        return sent_at + window
    if window is not None and sent_at <= deadline_at < sent_at + window and not reason.strip():
        raise ValidationFailed(
            Reason(
                "REASON_REQUIRED",
                f"The policy gives them {hours(window):g} hours. Say why they have less, or leave the deadline empty.",
                "reason",
            )
        )
    return deadline_at


def hours(time: timedelta) -> float:
    """A time span in hours."""
    return time / timedelta(hours=1)
