"""End the sessions of an account when it gains rights; weigh attempts at matching by the names in a text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("editorial", "0005_what_was_put_to_a_party")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_generation",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, help_text="A higher number ends all sessions that began before."
            ),
        ),
        migrations.AddField(
            model_name="matchingattempt",
            name="weight",
            field=models.PositiveSmallIntegerField(
                db_default=1,
                default=1,
                help_text="How many attempts it counts for: a text with many names is many guesses.",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchingattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gte", 1)), name="matchingattempt_weighs_something"
            ),
        ),
    ]
