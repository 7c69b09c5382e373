"""Passwords that administrators choose for others expire."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("editorial", "0006_earlier_access_and_guesses")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_expires_at",
            field=models.DateTimeField(
                blank=True,
                null=True,
                help_text="Set while the password is temporary: an administrator chose it.",
            ),
        ),
    ]
