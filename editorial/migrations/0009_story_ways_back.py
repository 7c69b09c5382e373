"""Ways back for stories: planned times, versions of what others were given, planned corrections."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0008_list_and_end_sessions'),
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
            name='correction_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the planned correction is to be published (UTC).', null=True),
        ),
        migrations.AddField(
            model_name='story',
            name='correction_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='The user who planned the correction.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='story',
            name='correction_text',
            field=models.TextField(blank=True, db_default='', default='', editable=False, help_text="The planned correction's note to readers."),
        ),
        migrations.AddField(
            model_name='story',
            name='planned_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='The time it was scheduled for before it left the schedule.', null=True),
        ),
        migrations.AddField(
            model_name='story',
            name='published_version',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='The number of the version that others were given last; 0 before publication.'),
        ),
        migrations.AddField(
            model_name='story',
            name='published_version_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When others were given this version.', null=True),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='correction_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the planned correction is to be published (UTC).', null=True),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='correction_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='The user who planned the correction.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='correction_text',
            field=models.TextField(blank=True, db_default='', default='', editable=False, help_text="The planned correction's note to readers."),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='planned_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='The time it was scheduled for before it left the schedule.', null=True),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='published_version',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='The number of the version that others were given last; 0 before publication.'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='published_version_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When others were given this version.', null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='story_published_version', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.published_version < OLD.published_version THEN\n        RAISE EXCEPTION 'The published version of a story only grows.' USING ERRCODE = 'check_violation';\n    END IF;\n    IF NEW.status IN ('published', 'withheld', 'retracted') AND NEW.published_version = OLD.published_version\n        AND (NEW.status, NEW.published_revision_id, NEW.last_published_at)\n            IS DISTINCT FROM (OLD.status, OLD.published_revision_id, OLD.last_published_at) THEN\n        NEW.published_version := 1 + COALESCE(NULLIF(OLD.published_version, 0),\n            (SELECT number FROM editorial_storyrevision WHERE id = OLD.published_revision_id), 0);\n        NEW.published_version_at := GREATEST(\n            clock_timestamp(), OLD.published_version_at + interval '1 microsecond');\n    END IF;\n    RETURN NEW;\n", hash='3a38462295d4f61b2dd3cc2451875a85e46050a8', operation='UPDATE', pgid='pgtrigger_story_published_version_7b058', table='editorial_story', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "correction_text", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."correction_text", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='e75b4dea39419429bbac8e546c9702996f56c8da', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "correction_text", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."correction_text", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='e714306520af332974b3668ad579d8136ad2e396', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "correction_text", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."correction_at", OLD."correction_by_id", OLD."correction_text", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", OLD."last_published_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."planned_at", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."published_revision_id", OLD."published_version", OLD."published_version_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='dbd500b86a585d2ca468a30d2f763fb3b62b7985', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('correction_at', None), models.Q(('correction_by__isnull', False), models.Q(('correction_text', ''), _negated=True)), _connector='OR'), name='story_planned_correction_is_complete'),
        ),
    ]
