"""Create the table of stories."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A page with a copy."""

    dependencies = [("wagtailcore", "0094_alter_page_locale")]
    operations = [
        migrations.CreateModel(
            name="StoryPage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        "wagtailcore.Page", models.CASCADE, parent_link=True, primary_key=True, serialize=False
                    ),
                ),
                ("body", models.TextField()),
            ],
            bases=("wagtailcore.page",),
        )
    ]
