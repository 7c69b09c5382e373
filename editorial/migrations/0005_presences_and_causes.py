# Written by hand after makemigrations: additive, safe while the version before it runs.

import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0004_kept_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('process', models.CharField(choices=[('web', 'Web'), ('worker', 'Worker'), ('quarantine', 'Quarantine'), ('relay', 'Relay'), ('beat', 'Beat')], max_length=32)),
                ('host', models.CharField(help_text='Name of the machine or container it runs on.', max_length=120)),
                ('pid', models.PositiveIntegerField(help_text='Its number on that machine.')),
                ('version', models.CharField(help_text="The newsroom's version that it runs.", max_length=40)),
                ('hands', models.PositiveSmallIntegerField(default=1, help_text='How many things it can do at a time.')),
                ('doing', models.JSONField(default=list, help_text='What each busy hand does: a kind of work and since when, never what it is about.')),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(help_text='When it said so last.')),
            ],
            options={
                'ordering': ['process', 'host', 'pid'],
                'constraints': [models.CheckConstraint(condition=models.Q(('process__in', ['web', 'worker', 'quarantine', 'relay', 'beat'])), name='presence_process_known')],
            },
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='cause',
            field=models.CharField(blank=True, db_default='', default='', help_text='Id of the request that it follows from.', max_length=64),
        ),
        migrations.AddField(
            model_name='outboxmessage',
            name='started_at',
            field=models.DateTimeField(blank=True, help_text='When its latest attempt began.', null=True),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=models.Index(condition=models.Q(('state', 'done')), fields=['done_at'], name='outbox_done'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'delivered'), _negated=True), fields=['state'], name='delivery_to_watch'),
        ),
    ]
