"""What was there before changes were noted is new to whoever reads on from the start."""

from django.db import migrations

_NOUNS = (
    "story", "claim", "assessment", "source", "statement", "relay", "briefing", "exhibit", "replyrequest",
    "reviewtask", "signoff", "policy", "desk", "notification",
)  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0009_changes'),
    ]

    operations = [
        migrations.RunSQL(
            f"INSERT INTO editorial_change (noun, object) SELECT '{noun}', id FROM editorial_{noun} ON CONFLICT DO NOTHING;",
            migrations.RunSQL.noop,
        )
        for noun in _NOUNS
    ]
