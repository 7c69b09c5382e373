"""What ran before it was noted which words ran: told from the record, in which every pitch and revision is one revision.

A claim's words are those of its history at the time of the print.
"""

from django.db import migrations

_WORDS = """
    WITH told AS (
        SELECT split_part(stream, ':', 2)::uuid AS story, verb, at,
            count(*) FILTER (WHERE verb IN ('story.pitch', 'story.revise'))
                OVER (PARTITION BY stream ORDER BY number) AS words
        FROM editorial_event
        WHERE stream LIKE 'story:%'
    ), printed AS (
        SELECT DISTINCT ON (story) story, at, words FROM told
        WHERE verb IN ('story.publish', 'story.correct')
        ORDER BY story, at DESC, words DESC
    )
    UPDATE editorial_story s SET printed_id = r.id, printed_at = printed.at
    FROM printed JOIN editorial_storyrevision r ON r.story_id = printed.story AND r.number = printed.words
    WHERE s.id = printed.story AND s.published_at IS NOT NULL AND s.printed_id IS NULL;
"""
_CLAIMS = """
    UPDATE editorial_publisheduse u SET text = coalesce(
        (SELECT e.text FROM editorial_claimevent e
            WHERE e.pgh_obj_id = u.claim_id AND e.pgh_created_at <= u.published_at ORDER BY e.pgh_id DESC LIMIT 1), '')
    WHERE u.text = '';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0012_former_secrets'),
    ]

    operations = [
        migrations.RunSQL(_WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(_CLAIMS, migrations.RunSQL.noop),
    ]
