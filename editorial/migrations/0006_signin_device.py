from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editorial", "0005_history_positions_and_audit_heads")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="device",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The id of the known browser, if it was one.",
                max_length=32,
            ),
        ),
    ]
