"""What the home page reads: why a story cannot run yet, and indexes for the order of its panels."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0024_assign_and_snooze_tasks'),
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
            name='open_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, editable=False, help_text='What keeps it from running, as codes of the gate. Evaluated together with the gate.', size=None),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='open_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, editable=False, help_text='What keeps it from running, as codes of the gate. Evaluated together with the gate.', size=None),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['due_at', 'id'], name='correction_open_by_due'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['overdue_at', '-urgency', 'due_at', 'id'], name='task_late_first'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['queue', 'overdue_at', '-urgency', 'due_at', 'id'], name='task_late_in_queue'),
        ),
        migrations.AddIndex(
            model_name='signoff',
            index=models.Index(condition=models.Q(('kind', 'finding'), ('state', 'approved')), fields=['-decided_at'], name='signoff_verdicts'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('status', 'submitted')), fields=['submitted_at', 'id'], name='story_to_clear'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('gate', 'conditional'), ('status__in', ('submitted', 'cleared', 'scheduled')), models.Q(('open_codes', []), _negated=True)), fields=['publish_at', 'id'], name='story_to_confirm'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."open_codes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='2073f8a684afe10b6f71c914a0447e443b3e5be9', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cleared_at" IS DISTINCT FROM (NEW."cleared_at") OR OLD."cleared_by_id" IS DISTINCT FROM (NEW."cleared_by_id") OR OLD."correction_at" IS DISTINCT FROM (NEW."correction_at") OR OLD."correction_by_id" IS DISTINCT FROM (NEW."correction_by_id") OR OLD."desk_id" IS DISTINCT FROM (NEW."desk_id") OR OLD."gate" IS DISTINCT FROM (NEW."gate") OR OLD."headline" IS DISTINCT FROM (NEW."headline") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_published_at" IS DISTINCT FROM (NEW."last_published_at") OR OLD."open_codes" IS DISTINCT FROM (NEW."open_codes") OR OLD."pitched_at" IS DISTINCT FROM (NEW."pitched_at") OR OLD."pitched_by_id" IS DISTINCT FROM (NEW."pitched_by_id") OR OLD."planned_at" IS DISTINCT FROM (NEW."planned_at") OR OLD."publish_at" IS DISTINCT FROM (NEW."publish_at") OR OLD."publish_time_zone" IS DISTINCT FROM (NEW."publish_time_zone") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_revision_id" IS DISTINCT FROM (NEW."published_revision_id") OR OLD."published_version" IS DISTINCT FROM (NEW."published_version") OR OLD."published_version_at" IS DISTINCT FROM (NEW."published_version_at") OR OLD."remedy" IS DISTINCT FROM (NEW."remedy") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."open_codes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='6849882cdf21fe2da39df208f01d93702164f029', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."correction_at", OLD."correction_by_id", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", OLD."last_published_at", OLD."open_codes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."planned_at", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."published_revision_id", OLD."published_version", OLD."published_version_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='a62a1f7b6cc580eed233fd3dd9f2fd456b4e69dd', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
    ]
