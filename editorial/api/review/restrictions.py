"""Restrictions in requests and responses of claims and stories."""

from __future__ import annotations

from django.db.models import Prefetch

from editorial.api.framework.fields import EnumField, IdField, TextField, TimestampField
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.models import Restriction
from editorial.policy.vocabulary import RestrictionKind


class RestrictionCreateSerializer(InputSerializer):
    """What may not be published, why, and until when."""

    kind = EnumField(RestrictionKind, help_text="Why it may not be published.")
    reason = TextField(help_text="What forbids it: the order, the agreement, the danger. Enter no confidential name.")
    until = TimestampField(
        required=False,
        allow_null=True,
        help_text="When it ends by itself, with its offset; without one it stays until somebody lifts it.",
    )


class RestrictionLiftSerializer(ReasonSerializer):
    """The restriction to lift, and why."""

    restriction = IdField(source="restriction_id", help_text="The restriction.")


class RestrictionSerializer(OutputSerializer):
    """A ban on publishing, whether or not it is true."""

    restricted_by = UserRefField(help_text="The user who restricted it.")

    class Meta:
        model = Restriction
        fields = ("id", "kind", "reason", "until", "restricted_by", "restricted_at")
        help_texts = {
            "until": "When it ends by itself; null if it stays until somebody lifts it.",
            "restricted_at": "When it was restricted.",
        }


def prefetch_standing() -> Prefetch[str]:
    """The restrictions of claims or stories that nobody has lifted, with their authors, as `standing_restrictions`."""
    standing = Restriction.objects.filter(lifted_at=None).select_related("restricted_by")
    return Prefetch("restrictions", standing, to_attr="standing_restrictions")
