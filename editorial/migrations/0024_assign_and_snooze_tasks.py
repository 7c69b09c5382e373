"""Review tasks that are assigned to a person, or snoozed until a time, with their history."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0019_forget_breakers'),
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
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('assigned_to__isnull', False)), fields=['assigned_to', '-urgency', 'due_at', 'id'], name='task_assigned'),
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
        migrations.AddConstraint(
            model_name='reviewtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assigned_by', None), ('assigned_to', None)), models.Q(('assigned_by__isnull', False), ('assigned_to__isnull', False), ('state', 'open')), models.Q(('assigned_by__isnull', False), ('assigned_to', models.F('taken_by')), ('state', 'taken')), _connector='OR'), name='reviewtask_assigned_and_live'),
        ),
        migrations.AddConstraint(
            model_name='reviewtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snooze_reason', ''), ('snoozed_by', None), ('snoozed_until', None)), models.Q(('snoozed_by__isnull', False), ('snoozed_until__isnull', False), ('state', 'open'), models.Q(('snooze_reason', ''), _negated=True)), _connector='OR'), name='reviewtask_snooze_complete'),
        ),
    ]
