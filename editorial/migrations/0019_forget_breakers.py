"""When the last call of a circuit breaker failed: after an hour it is forgotten."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0018_follow_feeds_and_join_embargoes'),
    ]

    operations = [
        migrations.AddField(
            model_name='circuitbreaker',
            name='failed_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the last of them failed.'),
        ),
    ]
