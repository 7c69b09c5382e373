# Additive: which words are in print, and how the claims they use read then. The version before leaves both empty.

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0010_what_was_there'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='publisheduse',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publisheduse',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publisheduse',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='publisheduse',
            name='text',
            field=models.TextField(blank=True, db_default='', default='', help_text='The proposition as it read then.'),
        ),
        migrations.AddField(
            model_name='publisheduseevent',
            name='text',
            field=models.TextField(blank=True, db_default='', default='', help_text='The proposition as it read then.'),
        ),
        migrations.AddField(
            model_name='story',
            name='printed',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='The words that readers got last; what was revised since is not among them.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='editorial.storyrevision'),
        ),
        migrations.AddField(
            model_name='story',
            name='printed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When they were printed.', null=True),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='printed',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='The words that readers got last; what was revised since is not among them.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.storyrevision'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='printed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When they were printed.', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publisheduse',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_publisheduseevent" ("central", "claim_id", "contested", "finding", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "says_sources", "story_id", "text") VALUES (NEW."central", NEW."claim_id", NEW."contested", NEW."finding", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."published_at", NEW."says_sources", NEW."story_id", NEW."text"); RETURN NULL;', hash='269ee493021558edafddd7460bde7cc22caee060', operation='INSERT', pgid='pgtrigger_insert_insert_e0ad1', table='editorial_publisheduse', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publisheduse',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_publisheduseevent" ("central", "claim_id", "contested", "finding", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "says_sources", "story_id", "text") VALUES (NEW."central", NEW."claim_id", NEW."contested", NEW."finding", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_at", NEW."says_sources", NEW."story_id", NEW."text"); RETURN NULL;', hash='b2d361fb1df3522dd880748a6314e7066adf7eab', operation='UPDATE', pgid='pgtrigger_update_update_568e3', table='editorial_publisheduse', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publisheduse',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_publisheduseevent" ("central", "claim_id", "contested", "finding", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "says_sources", "story_id", "text") VALUES (OLD."central", OLD."claim_id", OLD."contested", OLD."finding", OLD."id", OLD."mode", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_at", OLD."says_sources", OLD."story_id", OLD."text"); RETURN NULL;', hash='bf237b775211ba8b71c3dc5190d609e40ffb442a', operation='DELETE', pgid='pgtrigger_delete_delete_bd3a2', table='editorial_publisheduse', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "desk_id", "gate", "headline", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "printed_at", "printed_id", "publish_at", "publish_time_zone", "published_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."printed_at", NEW."printed_id", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='1382c12d6a9ac9ee51cdf89c0bd8b5958e65d325', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "desk_id", "gate", "headline", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "printed_at", "printed_id", "publish_at", "publish_time_zone", "published_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."printed_at", NEW."printed_id", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='e52d4b441a6967097fcda268d3649eec1d9ea92c', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "desk_id", "gate", "headline", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "printed_at", "printed_id", "publish_at", "publish_time_zone", "published_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."printed_at", OLD."printed_id", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='dd499ee85a2a15cd7aeeea3bba3e437b4146d4e8', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
    ]
