"""The receiver of each job that calls others, its circuit breaker, and the process that runs these jobs.

New messages wake the dispatchers by a trigger.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0015_respondents_and_correction_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='CircuitBreaker',
            fields=[
                ('receiver', models.CharField(help_text='The address, as recorded on its outbox messages.', max_length=64, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0, help_text='Calls that failed since the last success.')),
                ('open_until', models.DateTimeField(blank=True, help_text='Nothing is sent to it before this time; then one call at a time is a probe.', null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='heartbeat',
            name='heartbeat_process_known',
        ),
        migrations.RemoveIndex(
            model_name='outboxmessage',
            name='outbox_failed_before',
        ),
        migrations.RemoveIndex(
            model_name='outboxmessage',
            name='outbox_ready',
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='receiver',
            field=models.CharField(blank=True, db_default='', default='', help_text='The address that it calls, hashed; empty for a job that calls none.', max_length=64),
        ),
        migrations.AlterField(
            model_name='heartbeat',
            name='process',
            field=models.CharField(choices=[('web', 'Web'), ('worker', 'Worker'), ('quarantine', 'Quarantine'), ('external', 'External'), ('dispatcher', 'Dispatcher'), ('beat', 'Beat')], max_length=32),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'ready'), ('receiver', ''), models.Q(('attempts__gt', 1), models.Q(('error', ''), _negated=True), _connector='OR')), fields=['available_at'], name='outbox_failed_before'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'ready'), ('receiver', '')), fields=['available_at'], name='outbox_ready'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'ready'), ('receiver__gt', '')), fields=['receiver', 'available_at', 'id'], name='outbox_external'),
        ),
        migrations.AddConstraint(
            model_name='heartbeat',
            constraint=models.CheckConstraint(condition=models.Q(('process__in', ['web', 'worker', 'quarantine', 'external', 'dispatcher', 'beat'])), name='heartbeat_process_known'),
        ),
        # So that no action sends a statement of its own for it.
        pgtrigger.migrations.AddTrigger(
            model_name='outboxmessage',
            trigger=pgtrigger.compiler.Trigger(name='wake_dispatchers', sql=pgtrigger.compiler.UpsertTriggerSql(func='NOTIFY newsroom_outbox; RETURN NULL;', hash='c11a283aaee48944a5b72e4530826f7dd38e2ee3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_wake_dispatchers_05dd5', table='editorial_outboxmessage', when='AFTER')),
        ),
        migrations.RunSQL("", "DELETE FROM editorial_heartbeat WHERE process = 'external'"),
    ]
