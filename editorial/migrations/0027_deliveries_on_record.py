"""Attempts at deliveries, event types and pauses of webhooks, and the log of notifications (decision 0069)."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import editorial.models.base_fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0026_smaller_task_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(help_text='Numbers the attempts from 1.')),
                ('started_at', models.DateTimeField(help_text='When it was made.')),
                ('outcome', models.CharField(choices=[('accepted', 'Accepted'), ('failed', 'Failed'), ('unknown', 'Unknown')], max_length=32)),
                ('error', models.CharField(blank=True, default='', help_text='The kind of failure, such as HTTP_503; empty if accepted.', max_length=300)),
                ('status', models.PositiveSmallIntegerField(help_text='The status of the response; null for email, and if there was none.', null=True)),
                ('milliseconds', models.PositiveIntegerField(help_text='How long it took; null if its worker died.', null=True)),
                ('position', models.BigIntegerField(db_default=editorial.models.base_fields.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
            ],
            options={
                'ordering': ['delivery', 'number'],
            },
        ),
        migrations.CreateModel(
            name='NotificationRecord',
            fields=[
            ],
            options={
                'verbose_name': 'notification record',
                'verbose_name_plural': 'notification log',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('editorial.notification',),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='event_types',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='The types of event that it receives; empty: all.', size=None),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='paused_at',
            field=models.DateTimeField(editable=False, help_text='When it was paused, because its receiver failed for days; null otherwise.', null=True),
        ),
        migrations.AddField(
            model_name='webhookendpoint',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False, help_text='Counts revisions; an update names the revision it is based on.'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='attempted_at',
            field=models.DateTimeField(blank=True, help_text='When it was last attempted.', null=True),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, help_text='The number of attempts.'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='endpoint',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='editorial.webhookendpoint'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='error',
            field=models.CharField(blank=True, default='', help_text='The last error, such as HTTP_503; empty if there was none.', max_length=300),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='settled_at',
            field=models.DateTimeField(blank=True, help_text='When it was accepted, or when it failed permanently; null before that.', null=True),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('endpoint__isnull', False)), fields=['endpoint', '-id'], name='delivery_by_endpoint'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(('paused_at', None), ('active', True), _connector='OR'), name='endpoint_paused_is_active'),
        ),
        migrations.AddField(
            model_name='deliveryattempt',
            name='delivery',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='history', to='editorial.delivery'),
        ),
        migrations.AddIndex(
            model_name='deliveryattempt',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['position'], name='editorial_d_positio_c2cc65_brin'),
        ),
        migrations.AddConstraint(
            model_name='deliveryattempt',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['accepted', 'failed', 'unknown'])), name='deliveryattempt_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='deliveryattempt',
            constraint=models.UniqueConstraint(fields=('delivery', 'number'), name='deliveryattempt_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliveryattempt',
            trigger=pgtrigger.compiler.Trigger(name='deliveryattempt_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='569fe074c6ab9d6b1a4464df9512f8ec3f778b84', operation='UPDATE OR DELETE', pgid='pgtrigger_deliveryattempt_append_only_81a16', table='editorial_deliveryattempt', when='BEFORE')),
        ),
    ]
