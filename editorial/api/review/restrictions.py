"""Restrictions in requests and responses of claims and stories."""

from __future__ import annotations

from django.db.models import Prefetch

from editorial.api.framework.fields import EnumField, IdField, TextField, TimestampField
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.models import Restriction
from editorial.policy.vocabulary import RestrictionKind


class RestrictionCreateSerializer(InputSerializer):
    """Why publication is forbidden, and until when."""

    kind = EnumField(RestrictionKind, help_text="Why it may not be published.")
    reason = TextField(help_text="The court order, the agreement or the danger. Enter no confidential name.")
    until = TimestampField(
        required=False,
        allow_null=True,
        help_text="When the restriction ends, with a UTC offset; null: until somebody lifts it.",
    )


class RestrictionLiftSerializer(ReasonSerializer):
    """The restriction to lift, and why."""

    restriction = IdField(source="restriction_id", help_text="The restriction to lift.")


class RestrictionSerializer(OutputSerializer):
    """A ban on publication, even of what is true."""

    restricted_by = UserRefField(help_text="The user who imposed it.")

    class Meta:
        model = Restriction
        fields = ("id", "kind", "reason", "until", "restricted_by", "restricted_at")
        help_texts = {
            "until": "When it ends; null: until somebody lifts it.",
            "restricted_at": "When it was imposed.",
        }


def prefetch_unlifted() -> Prefetch[str]:
    """The restrictions of claims or stories that nobody has lifted, with their authors, as `unlifted_restrictions`."""
    unlifted = Restriction.objects.filter(lifted_at=None).select_related("restricted_by")
    return Prefetch("restrictions", unlifted, to_attr="unlifted_restrictions")
