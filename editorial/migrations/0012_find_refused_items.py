"""An index that finds the notice which withdrew an item before it arrived."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):

    atomic = False
    dependencies = [("editorial", "0011_withdrawn_wire_items")]

    operations = [
        AddIndexConcurrently(
            model_name="importrow",
            index=models.Index(
                KeyTextTransform("key", "data"), condition=models.Q(("state", "refused")), name="importrow_refused_key"
            ),
        ),
    ]
