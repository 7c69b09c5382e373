"""Indexes for the order that lists show and for what they are searched by.

Plain indexes in one transaction: before the first release no newsroom has tables on which they would take long.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0012_find_refused_items'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['status', 'id'], name='claim_by_status'),
        ),
        migrations.AddIndex(
            model_name='replyrequest',
            index=models.Index(fields=['deadline_at', 'id'], name='reply_by_deadline'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=django.contrib.postgres.indexes.GinIndex(fields=['because'], name='correction_because_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='exhibit',
            index=django.contrib.postgres.indexes.GinIndex(fields=['title', 'url'], name='exhibit_title_url_trgm', opclasses=['gin_trgm_ops', 'gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='replyrequest',
            index=models.Index(condition=models.Q(('outcome', 'pending')), fields=['deadline_at'], name='reply_pending'),
        ),
        migrations.AddIndex(
            model_name='replyrequest',
            index=django.contrib.postgres.indexes.GinIndex(fields=['question'], name='reply_question_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['queue', '-urgency', 'due_at', 'id'], name='task_in_queue'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['kind', '-urgency', 'due_at', 'id'], name='task_of_kind'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['due_at', 'id'], name='task_by_due'),
        ),
        migrations.AddIndex(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('overdue_at__isnull', False), ('state__in', ('open', 'taken'))), fields=['-urgency', 'due_at', 'id'], name='task_overdue'),
        ),
        migrations.AddIndex(
            model_name='source',
            index=django.contrib.postgres.indexes.GinIndex(fields=['camp'], name='source_camp_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=django.contrib.postgres.indexes.GinIndex(fields=['quote'], name='statement_quote_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.RemoveIndex(model_name='story', name='story_due'),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('publish_at__isnull', False)), fields=['publish_at', 'id'], name='story_due'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('gate__in', ['block', 'hold']), ('status__in', ('submitted', 'cleared', 'scheduled', 'published'))), fields=['-gate', '-id'], name='story_held'),
        ),
        # Which kinds are in which queue, and how many of them are open: without it, PostgreSQL expects as many open tasks in
        # an empty queue as in a full one, and reads the table instead of an index.
        migrations.RunSQL(
            "CREATE STATISTICS reviewtask_mix (mcv) ON queue, kind, state FROM editorial_reviewtask",
            "DROP STATISTICS reviewtask_mix",
        ),
    ]
