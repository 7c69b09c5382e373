"""Number the versions of published stories that others have, and find planned corrections by their time."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models, transaction

# Others know the number of the published revision. What was taken down since under that number, they may have dropped
# as a repetition: it is a new version now.
_NUMBER = """
    UPDATE editorial_story SET
        published_version = revision.number + (story.status <> 'published')::int,
        published_version_at = CASE story.status WHEN 'published' THEN story.last_published_at
            ELSE clock_timestamp() END
    FROM editorial_story story JOIN editorial_storyrevision revision ON revision.id = story.published_revision_id
    WHERE editorial_story.id = story.id AND story.id IN (
        SELECT id FROM editorial_story
        WHERE published_version = 0 AND published_revision_id IS NOT NULL AND last_published_at IS NOT NULL LIMIT 500
        FOR NO KEY UPDATE)
"""


def number_versions(apps, schema_editor):
    """In batches, each in its own transaction."""
    numbered = 1
    while numbered:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NUMBER)
            numbered = cursor.rowcount


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("editorial", "0009_story_ways_back")]

    operations = [
        migrations.RunPython(number_versions, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="story",
            index=models.Index(
                condition=models.Q(("correction_at__isnull", False)),
                fields=["correction_at"],
                name="story_correction_due",
            ),
        ),
    ]
