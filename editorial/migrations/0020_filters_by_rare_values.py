"""Small indexes by which the filters of lists find rows with a rare value (decision 0058).

Plain indexes in one transaction: before the first release no newsroom has tables on which they would take long.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0019_forget_breakers'),
    ]

    operations = [
        BtreeGinExtension(),  # a trusted extension, as pg_trgm is
        migrations.RemoveIndex(
            model_name='claim',
            name='claim_by_status',
        ),
        migrations.AddIndex(
            model_name='assessment',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['finding'], name='assessment_filters'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['status', 'kind', 'risk', 'contested'], name='claim_filters'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('dropped_at', None), ('merged_into', None), _negated=True), fields=['id'], name='claim_closed'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['remedy'], name='correction_filters'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['id'], name='correction_open'),
        ),
        migrations.AddIndex(
            model_name='exhibit',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['content_type'], name='exhibit_filters'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['kind', 'state'], name='import_filters'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['state'], name='importrow_filters'),
        ),
        migrations.AddIndex(
            model_name='outboxmessage',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['kind'], name='outbox_filters'),
        ),
        migrations.AddIndex(
            model_name='replyrequest',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['outcome'], name='reply_filters'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['state', 'kind'], name='task_filters'),
        ),
        migrations.AddIndex(
            model_name='signin',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['outcome', 'interface'], name='signin_filters'),
        ),
        migrations.AddIndex(
            model_name='signoff',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['state', 'kind', 'finding'], name='signoff_filters'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['type', 'reliability', 'unnamed', 'editor_knows', 'authenticity'], name='source_filters'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['stance', 'directness', 'terms', 'obtained_by'], name='statement_filters'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(condition=models.Q(('corrected_at', None), ('retracted_at', None), ('struck_at', None), ('superseded_at', None), ('withdrawn_at', None), _negated=True), fields=['id'], name='statement_ended'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['status', 'gate', 'remedy'], name='story_filters'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['number', 'id'], name='importrow_by_number'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['user', '-id'], name='notification_by_user'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken')), _negated=True), fields=['-urgency', 'due_at', 'id'], name='task_ended'),
        ),
    ]
