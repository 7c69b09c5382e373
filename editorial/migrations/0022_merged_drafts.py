"""Drafts that were merged into another, whose wire items act on that from then on."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0021_scheduled_imports'),
    ]

    operations = [
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
            model_name='story',
            name='merged_into',
            field=models.ForeignKey(blank=True, editable=False, help_text='The draft into which this one was merged; null if it was not.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_drafts', to='editorial.story'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='The draft into which this one was merged; null if it was not.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.story'),
        ),
        migrations.AlterField(
            model_name='wireitem',
            name='story',
            field=models.ForeignKey(help_text='The draft made from it, or the one into which that was merged.', on_delete=django.db.models.deletion.PROTECT, related_name='wire_items', to='editorial.story'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."merged_into_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='2176bacd08982d317477144133e0db750a0d317d', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cleared_at" IS DISTINCT FROM (NEW."cleared_at") OR OLD."cleared_by_id" IS DISTINCT FROM (NEW."cleared_by_id") OR OLD."correction_at" IS DISTINCT FROM (NEW."correction_at") OR OLD."correction_by_id" IS DISTINCT FROM (NEW."correction_by_id") OR OLD."desk_id" IS DISTINCT FROM (NEW."desk_id") OR OLD."gate" IS DISTINCT FROM (NEW."gate") OR OLD."headline" IS DISTINCT FROM (NEW."headline") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_published_at" IS DISTINCT FROM (NEW."last_published_at") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."pitched_at" IS DISTINCT FROM (NEW."pitched_at") OR OLD."pitched_by_id" IS DISTINCT FROM (NEW."pitched_by_id") OR OLD."planned_at" IS DISTINCT FROM (NEW."planned_at") OR OLD."publish_at" IS DISTINCT FROM (NEW."publish_at") OR OLD."publish_time_zone" IS DISTINCT FROM (NEW."publish_time_zone") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_revision_id" IS DISTINCT FROM (NEW."published_revision_id") OR OLD."published_version" IS DISTINCT FROM (NEW."published_version") OR OLD."published_version_at" IS DISTINCT FROM (NEW."published_version_at") OR OLD."remedy" IS DISTINCT FROM (NEW."remedy") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."merged_into_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='eb99b25f874447c6d1fd50e189fd16524fa2a05f', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."correction_at", OLD."correction_by_id", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", OLD."last_published_at", OLD."merged_into_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."planned_at", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."published_revision_id", OLD."published_version", OLD."published_version_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='0113047b52fae9b12eef259de0179c21f3d69404', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('status', 'spiked'), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='story_merged_is_spiked'),
        ),
    ]
