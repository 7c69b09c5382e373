"""Review tasks that are assigned or snoozed; what the home page reads, and indexes for the order of its panels."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0022_merged_drafts'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='reviewtask',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reviewtask',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reviewtask',
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
            model_name='reviewtask',
            name='assigned_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='assigned_to',
            field=models.ForeignKey(blank=True, db_index=False, help_text='For whom it is reserved.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assigned_tasks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='snooze_reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='Why it cannot be done before.'),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='snoozed_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, help_text='Until then nobody is offered it. Its due time stays.', null=True),
        ),
        migrations.AddField(
            model_name='reviewtaskevent',
            name='assigned_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtaskevent',
            name='assigned_to',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='For whom it is reserved.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtaskevent',
            name='snooze_reason',
            field=models.TextField(blank=True, db_default='', default='', help_text='Why it cannot be done before.'),
        ),
        migrations.AddField(
            model_name='reviewtaskevent',
            name='snoozed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtaskevent',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, help_text='Until then nobody is offered it. Its due time stays.', null=True),
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
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('assigned_to__isnull', False)), fields=['assigned_to', '-urgency', 'due_at', 'id'], name='task_assigned'),
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
            model_name='reviewtask',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_reviewtaskevent" ("assigned_by_id", "assigned_to_id", "because", "claim_id", "due_at", "ended_at", "ended_by_id", "id", "kind", "lease_until", "note", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "queue", "snooze_reason", "snoozed_by_id", "snoozed_until", "state", "subject", "taken_by_id", "urgency") VALUES (NEW."assigned_by_id", NEW."assigned_to_id", NEW."because", NEW."claim_id", NEW."due_at", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."kind", NEW."lease_until", NEW."note", NEW."opened_at", NEW."overdue_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."queue", NEW."snooze_reason", NEW."snoozed_by_id", NEW."snoozed_until", NEW."state", NEW."subject", NEW."taken_by_id", NEW."urgency"); RETURN NULL;', hash='da0f7851659015c7e2210f52a59f441a1dacf495', operation='INSERT', pgid='pgtrigger_insert_insert_df5f3', table='editorial_reviewtask', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewtask',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_reviewtaskevent" ("assigned_by_id", "assigned_to_id", "because", "claim_id", "due_at", "ended_at", "ended_by_id", "id", "kind", "lease_until", "note", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "queue", "snooze_reason", "snoozed_by_id", "snoozed_until", "state", "subject", "taken_by_id", "urgency") VALUES (NEW."assigned_by_id", NEW."assigned_to_id", NEW."because", NEW."claim_id", NEW."due_at", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."kind", NEW."lease_until", NEW."note", NEW."opened_at", NEW."overdue_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."queue", NEW."snooze_reason", NEW."snoozed_by_id", NEW."snoozed_until", NEW."state", NEW."subject", NEW."taken_by_id", NEW."urgency"); RETURN NULL;', hash='902e9132564292a21a3d9cf8b814c34e91cf7607', operation='UPDATE', pgid='pgtrigger_update_update_12da0', table='editorial_reviewtask', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewtask',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_reviewtaskevent" ("assigned_by_id", "assigned_to_id", "because", "claim_id", "due_at", "ended_at", "ended_by_id", "id", "kind", "lease_until", "note", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "queue", "snooze_reason", "snoozed_by_id", "snoozed_until", "state", "subject", "taken_by_id", "urgency") VALUES (OLD."assigned_by_id", OLD."assigned_to_id", OLD."because", OLD."claim_id", OLD."due_at", OLD."ended_at", OLD."ended_by_id", OLD."id", OLD."kind", OLD."lease_until", OLD."note", OLD."opened_at", OLD."overdue_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question", OLD."queue", OLD."snooze_reason", OLD."snoozed_by_id", OLD."snoozed_until", OLD."state", OLD."subject", OLD."taken_by_id", OLD."urgency"); RETURN NULL;', hash='4050313805191ecb1753af786f91a9df12d52df9', operation='DELETE', pgid='pgtrigger_delete_delete_9ce6e', table='editorial_reviewtask', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."merged_into_id", NEW."open_codes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='c88f17f4a9c4352a0037e2f12679a560c8e091e6', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cleared_at" IS DISTINCT FROM (NEW."cleared_at") OR OLD."cleared_by_id" IS DISTINCT FROM (NEW."cleared_by_id") OR OLD."correction_at" IS DISTINCT FROM (NEW."correction_at") OR OLD."correction_by_id" IS DISTINCT FROM (NEW."correction_by_id") OR OLD."desk_id" IS DISTINCT FROM (NEW."desk_id") OR OLD."gate" IS DISTINCT FROM (NEW."gate") OR OLD."headline" IS DISTINCT FROM (NEW."headline") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_published_at" IS DISTINCT FROM (NEW."last_published_at") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."open_codes" IS DISTINCT FROM (NEW."open_codes") OR OLD."pitched_at" IS DISTINCT FROM (NEW."pitched_at") OR OLD."pitched_by_id" IS DISTINCT FROM (NEW."pitched_by_id") OR OLD."planned_at" IS DISTINCT FROM (NEW."planned_at") OR OLD."publish_at" IS DISTINCT FROM (NEW."publish_at") OR OLD."publish_time_zone" IS DISTINCT FROM (NEW."publish_time_zone") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_revision_id" IS DISTINCT FROM (NEW."published_revision_id") OR OLD."published_version" IS DISTINCT FROM (NEW."published_version") OR OLD."published_version_at" IS DISTINCT FROM (NEW."published_version_at") OR OLD."remedy" IS DISTINCT FROM (NEW."remedy") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", NEW."merged_into_id", NEW."open_codes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='3446fe76cd8df545b8e5d7e29b6e162800bb6c7f', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "merged_into_id", "open_codes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."correction_at", OLD."correction_by_id", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", OLD."last_published_at", OLD."merged_into_id", OLD."open_codes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."planned_at", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."published_revision_id", OLD."published_version", OLD."published_version_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='3bdd85d963f2032f566a7d1b93aba69f5636f380', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='reviewtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assigned_by', None), ('assigned_to', None)), models.Q(('assigned_by__isnull', False), ('assigned_to__isnull', False), ('state', 'open')), models.Q(('assigned_by__isnull', False), ('assigned_to', models.F('taken_by')), ('state', 'taken')), _connector='OR'), name='reviewtask_assigned_and_live'),
        ),
        migrations.AddConstraint(
            model_name='reviewtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snooze_reason', ''), ('snoozed_by', None), ('snoozed_until', None)), models.Q(('snoozed_by__isnull', False), ('snoozed_until__isnull', False), ('state', 'open'), models.Q(('snooze_reason', ''), _negated=True)), _connector='OR'), name='reviewtask_snooze_complete'),
        ),
    ]
