from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0006_tokens_and_second_factors'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'dead')), fields=['created_at'], name='outbox_dead_letters'),
        ),
    ]
