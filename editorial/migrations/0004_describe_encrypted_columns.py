"""Encrypted columns are described without their algorithm. Changes nothing in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """State only."""

    dependencies = [("editorial", "0003_default_policy")]
    operations = [
        migrations.AlterField(
            model_name="identityrecord",
            name="encrypted_identity",
            field=models.BinaryField(
                help_text="The name and details that distinguish the person from namesakes, encrypted."
            ),
        ),
        migrations.AlterField(
            model_name="webhookendpoint",
            name="encrypted_secret",
            field=models.BinaryField(help_text="Signing secret, encrypted."),
        ),
    ]
