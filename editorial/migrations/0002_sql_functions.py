"""The functions that triggers call to record changes and who sees a claim (editorial/models/sql)."""

from django.db import migrations

from editorial.models import sql

_FUNCTIONS = ("log_change", "claim_desks", "desks_of_claims", "refresh_claim_visibility")


class Migration(migrations.Migration):

    dependencies = [("editorial", "0001_initial")]
    operations = [migrations.RunSQL(sql.create(name), f"DROP FUNCTION {name};") for name in _FUNCTIONS]
