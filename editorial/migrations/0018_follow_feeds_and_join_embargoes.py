"""The feed that a page names, fetched by a job of its own, and room for several embargoes that cannot be read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0017_reword_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='feed_url',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The feed that the page at the URL names, which is fetched instead; empty if it is itself the feed.', max_length=2000),
        ),
        migrations.AlterField(
            model_name='wireitem',
            name='embargo_as_stated',
            field=models.CharField(blank=True, db_default='', default='', help_text="The outlet's embargo, in its own words, if it cannot be read; it holds until somebody overrides it.", max_length=2000),
        ),
        # Undone first: the narrower column refuses longer values. What is cut off still bars the story.
        migrations.RunSQL(
            "",
            "UPDATE editorial_wireitem SET embargo_as_stated = left(embargo_as_stated, 200) "
            "WHERE length(embargo_as_stated) > 200",
        ),
    ]
