"""End the sessions of an account when it gains rights."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editorial", "0011_record_the_second_edition")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_generation",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, help_text="A higher number ends all sessions that began before."
            ),
        ),
    ]
