"""Tokens issued before anybody was told of one in their name: they are not news any more, and count as told of."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0015_reach_by_key'),
    ]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO editorial_telling (event_id, notices, deliveries, told_at)
            SELECT id, 0, 0, at FROM editorial_event WHERE verb = 'token.issue' ON CONFLICT DO NOTHING;
            """,
            migrations.RunSQL.noop,
        )
    ]
