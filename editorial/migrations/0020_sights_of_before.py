"""The sights of claims that were filed before, some hundred at a time: nobody waits for more than that."""

from django.db import migrations, transaction

_AT_ONCE = 500


def _look(apps, schema_editor):
    claims = apps.get_model("editorial", "Claim").objects.order_by("pk").values_list("pk", flat=True)
    some = list(claims[:_AT_ONCE])
    while some:
        with transaction.atomic(), schema_editor.connection.cursor() as cursor:
            cursor.execute(_LOCK, [some])
            cursor.execute(_SETTLE, [some])
        some = list(claims.filter(pk__gt=some[-1])[:_AT_ONCE])


# Locked first, as whoever lets a claim go does; then no sight is written down that has just been lost.
_LOCK = "SELECT 1 FROM editorial_claim WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_SETTLE = """
    INSERT INTO editorial_sight (claim_id, desk_id) SELECT * FROM editorial_sees(%s) ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('editorial', '0019_sights'),
    ]

    operations = [
        migrations.RunPython(_look, migrations.RunPython.noop),
    ]
