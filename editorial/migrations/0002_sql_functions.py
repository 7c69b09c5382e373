"""The functions that triggers call to record changes, who sees a claim, and what is final (editorial/models/sql)."""

from django.db import migrations

from editorial.models import sql

_FUNCTIONS = (
    "log_change",
    "claim_desks",
    "desks_of_claims",
    "refresh_claim_visibility",
    "show_to_own_desk",
    "context_is_final",
)


class Migration(migrations.Migration):

    dependencies = [("editorial", "0001_initial")]
    operations = [migrations.RunSQL(sql.create(name), f"DROP FUNCTION {name} CASCADE;") for name in _FUNCTIONS]
