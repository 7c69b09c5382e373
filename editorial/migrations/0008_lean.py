"""Drop indexes that others cover, and bound what a search by trigrams reads of its index's list of new entries."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_TRIGRAMS = (
    ("claim", "claim_text_trgm", ("text",)),
    ("correction", "correction_because_trgm", ("because",)),
    ("exhibit", "exhibit_title_url_trgm", ("title", "url")),
    ("replyrequest", "reply_question_trgm", ("question",)),
    ("source", "source_name_trgm", ("name",)),
    ("source", "source_camp_trgm", ("camp",)),
    ("statement", "statement_quote_trgm", ("quote",)),
    ("story", "story_headline_trgm", ("headline",)),
)


def _limit_pending_list(model, name, columns):
    """Set the limit without building the index again, which a changed index means to Django."""
    index = GinIndex(fields=columns, opclasses=["gin_trgm_ops"] * len(columns), gin_pending_list_limit=64, name=name)
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER INDEX {name} SET (gin_pending_list_limit = 64)",
                f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
            )
        ],
        [migrations.RemoveIndex(model, name), migrations.AddIndex(model, index)],
    )


class Migration(migrations.Migration):

    atomic = False
    dependencies = [('editorial', '0006_scheduled_corrections')]

    operations = [
        *(_limit_pending_list(*each) for each in _TRIGRAMS),
        migrations.AlterField(
            model_name='adverseparty',
            name='claim',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='adverse_links', to='editorial.claim'),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='claim',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='editorial.claim'),
        ),
        migrations.AlterField(
            model_name='briefing',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='briefings', to='editorial.desk'),
        ),
        migrations.AlterField(
            model_name='carriedclaim',
            name='utterance',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='carried_links', to='editorial.claim'),
        ),
        migrations.AlterField(
            model_name='claimdistinction',
            name='first',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='later_distinctions', to='editorial.claim'),
        ),
        migrations.AlterField(
            model_name='claimuse',
            name='story',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='editorial.story'),
        ),
        migrations.AlterField(
            model_name='compoundmember',
            name='compound',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='member_links', to='editorial.claim'),
        ),
        migrations.AlterField(
            model_name='conditioncheck',
            name='revision',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='condition_checks', to='editorial.storyrevision'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='editorial.event'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='notification',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='editorial.notification'),
        ),
        migrations.AlterField(
            model_name='dispositiveevidence',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='dispositive_evidence', to='editorial.source'),
        ),
        migrations.AlterField(
            model_name='emailpreference',
            name='user',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='email_preferences', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='exhibit',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='exhibits', to='editorial.desk'),
        ),
        migrations.AlterField(
            model_name='gateoverride',
            name='revision',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='editorial.storyrevision'),
        ),
        migrations.AlterField(
            model_name='idempotencyrecord',
            name='user',
            field=models.ForeignKey(db_index=False, help_text='The caller.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='batch',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='editorial.import', verbose_name='import'),
        ),
        migrations.AlterField(
            model_name='matchingattempt',
            name='desk',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='editorial.desk'),
        ),
        migrations.AlterField(
            model_name='matchingattempt',
            name='person',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notification',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='editorial.event'),
        ),
        migrations.AlterField(
            model_name='policyrisk',
            name='policy',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='risks', to='editorial.corroborationpolicy'),
        ),
        migrations.AlterField(
            model_name='policyrow',
            name='policy',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='editorial.corroborationpolicy'),
        ),
        migrations.AlterField(
            model_name='provideraccount',
            name='user',
            field=models.ForeignKey(db_index=False, help_text='The user.', on_delete=django.db.models.deletion.CASCADE, related_name='provider_accounts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='publisheduse',
            name='story',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='published_uses', to='editorial.story'),
        ),
        migrations.AlterField(
            model_name='recoverycode',
            name='factor',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to='editorial.secondfactor'),
        ),
        migrations.AlterField(
            model_name='relay',
            name='derived',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='relays', to='editorial.statement'),
        ),
        migrations.AlterField(
            model_name='replyrequestclaim',
            name='request',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='request_claim_links', to='editorial.replyrequest'),
        ),
        migrations.AlterField(
            model_name='savedsearch',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='story',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stories', to='editorial.desk'),
        ),
        migrations.AlterField(
            model_name='storyauthor',
            name='story',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='author_links', to='editorial.story'),
        ),
        migrations.AlterField(
            model_name='storyrevision',
            name='story',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='editorial.story'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='unmaskrequest',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='unmask_requests', to='editorial.source'),
        ),
        migrations.AlterField(
            model_name='useevidence',
            name='use',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='evidence_links', to='editorial.claimuse'),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='endpoints', to='editorial.desk'),
        ),
        migrations.AlterField(
            model_name='wireitem',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='wire_items', to='editorial.desk'),
        ),
        migrations.RemoveIndex(model_name='event', name='event_by_action'),
        AddIndexConcurrently(model_name='event', index=models.Index(fields=['action'], name='event_by_kind')),
    ]
