# Additive: the secret before, while both are signed by. The version before signs by the new one alone.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0011_printed'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookendpoint',
            name='former_secret',
            field=models.BinaryField(help_text='The one before, by which calls are signed too until it ends; encrypted.', null=True),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='former_until',
            field=models.DateTimeField(editable=False, help_text='When the former secret ends.', null=True),
        ),
    ]
