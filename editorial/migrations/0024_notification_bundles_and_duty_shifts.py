"""Bundles of notifications, when they are emailed, and who is on duty.

Plain indexes in one transaction: before the first release no newsroom has tables on which they would take long.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import editorial.models.base_fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0023_task_flow_and_home'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        BtreeGistExtension(),  # a trusted extension: the owner of the database may create it
        migrations.CreateModel(
            name='DutyShift',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('assigned_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['starts_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='DutyShiftEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.base_fields.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('assigned_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EmailPreference',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('alert', 'Alerts about accounts, the vault and the installation'), ('owed', 'Remedies, missed deadlines and voided decisions'), ('work', 'Work waiting for you'), ('change', 'Changes that concern your work'), ('queue', 'New tasks that you may do')], max_length=32)),
                ('timing', models.CharField(choices=[('immediately', 'Immediately'), ('hourly', 'Hourly'), ('daily', 'Daily'), ('never', 'Never')], max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='QuietHours',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('begin', models.TimeField(help_text="When they begin, in the person's time zone.")),
                ('end', models.TimeField(help_text='When they end.')),
            ],
            options={
                'verbose_name_plural': 'quiet hours',
            },
        ),
        migrations.AlterField(
            model_name='notificationfanout',
            name='delivery_count',
            field=models.PositiveIntegerField(help_text='The number of webhook deliveries.'),
        ),
        migrations.RemoveConstraint(
            model_name='outboxmessage',
            name='outboxmessage_kind_known',
        ),
        migrations.AddField(
            model_name='notification',
            name='bundle',
            field=models.ForeignKey(blank=True, help_text='The notification that heads its bundle; empty if it heads one.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bundled', to='editorial.notification'),
        ),
        migrations.AddField(
            model_name='notification',
            name='email',
            field=models.ForeignKey(blank=True, help_text='The email that contains it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contents', to='editorial.delivery'),
        ),
        migrations.AddField(
            model_name='notification',
            name='email_after',
            field=models.DateTimeField(blank=True, help_text='When it is to be emailed; empty if it has been, or is not to be.', null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='retired_at',
            field=models.DateTimeField(blank=True, help_text='When somebody did what it asks for.', null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='thread',
            field=models.CharField(blank=True, db_default='', default='', help_text='An opaque key of what it is about. Notifications and emails with the same key belong together.', max_length=80),
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='caused_by',
            field=models.UUIDField(blank=True, help_text='The user whose action it follows from; empty if there is not exactly one.', null=True),
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='kind',
            field=models.CharField(choices=[('assess_claim', 'Assess claim'), ('reevaluate_story', 'Reevaluate story'), ('notify', 'Notify'), ('compose_emails', 'Compose emails'), ('deliver', 'Deliver'), ('fetch', 'Fetch'), ('fetch_scheduled', 'Fetch scheduled'), ('import', 'Import'), ('disable_webhook', 'Disable webhook'), ('erase_old_rows', 'Erase old rows')], max_length=32),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('bundle', None)), fields=['user', 'thread'], name='notification_by_thread'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('email_after__isnull', False)), fields=['email_after', 'user'], name='notification_to_email'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assess_claim', 'reevaluate_story', 'notify', 'compose_emails', 'deliver', 'fetch', 'fetch_scheduled', 'import', 'disable_webhook', 'erase_old_rows'])), name='outboxmessage_kind_known'),
        ),
        migrations.AddField(
            model_name='dutyshift',
            name='assigned_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshift',
            name='cancelled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshift',
            name='desk',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_shifts', to='editorial.desk'),
        ),
        migrations.AddField(
            model_name='dutyshift',
            name='editor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_shifts', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='assigned_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='cancelled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='desk',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.desk'),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='editor',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='dutyshiftevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.dutyshift'),
        ),
        migrations.AddField(
            model_name='emailpreference',
            name='desk',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='email_preferences', to='editorial.desk'),
        ),
        migrations.AddField(
            model_name='emailpreference',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='email_preferences', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quiethours',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quiet_hours', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='dutyshift_ends_after_it_starts', violation_error_message='The shift must end after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', True), ('cancelled_by__isnull', True)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False)), _connector='OR'), name='dutyshift_cancelled_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('cancelled_at', None)), expressions=[('desk', '='), (models.Func(models.F('starts_at'), models.F('ends_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='dutyshift_one_editor_at_a_time', violation_error_message='Somebody else is on duty at that time. Cancel their shift first.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyshift',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_dutyshiftevent" ("assigned_at", "assigned_by_id", "cancelled_at", "cancelled_by_id", "desk_id", "editor_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at") VALUES (NEW."assigned_at", NEW."assigned_by_id", NEW."cancelled_at", NEW."cancelled_by_id", NEW."desk_id", NEW."editor_id", NEW."ends_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_at"); RETURN NULL;', hash='369eae738360c892b2d23f757bb6fcaa06da4dfe', operation='INSERT', pgid='pgtrigger_insert_insert_9270e', table='editorial_dutyshift', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyshift',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_dutyshiftevent" ("assigned_at", "assigned_by_id", "cancelled_at", "cancelled_by_id", "desk_id", "editor_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at") VALUES (NEW."assigned_at", NEW."assigned_by_id", NEW."cancelled_at", NEW."cancelled_by_id", NEW."desk_id", NEW."editor_id", NEW."ends_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_at"); RETURN NULL;', hash='181dcab0b5a7bc04089a98058341ef50efe3e3fd', operation='UPDATE', pgid='pgtrigger_update_update_4a18b', table='editorial_dutyshift', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyshift',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_dutyshiftevent" ("assigned_at", "assigned_by_id", "cancelled_at", "cancelled_by_id", "desk_id", "editor_id", "ends_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at") VALUES (OLD."assigned_at", OLD."assigned_by_id", OLD."cancelled_at", OLD."cancelled_by_id", OLD."desk_id", OLD."editor_id", OLD."ends_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_at"); RETURN NULL;', hash='18bf345f115e4fe7b4e48d6452343dbf0340a5bc', operation='DELETE', pgid='pgtrigger_delete_delete_e751f', table='editorial_dutyshift', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='dutyshiftevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_d_pgh_pos_950364_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dutyshiftevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8d5b1ecc53e0cab38183e8cf749764af495d4fca', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_21425', table='editorial_dutyshiftevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'owed', 'work', 'change', 'queue'])), name='emailpreference_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('timing__in', ['immediately', 'hourly', 'daily', 'never'])), name='emailpreference_timing_known'),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'owed']), _negated=True), name='emailpreference_is_not_mandatory'),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('user__isnull', False), ('desk__isnull', False), _connector='XOR'), name='emailpreference_of_a_user_or_a_desk'),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.UniqueConstraint(fields=('user', 'desk', 'kind'), name='emailpreference_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='quiethours',
            constraint=models.CheckConstraint(condition=models.Q(('begin', models.F('end')), _negated=True), name='quiethours_begin_before_they_end'),
        ),
    ]
