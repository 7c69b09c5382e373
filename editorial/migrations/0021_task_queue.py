from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('editorial', '0020_sights_of_before'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='reviewtask',
            index=models.Index(condition=models.Q(('state__in', ('open', 'taken'))), fields=['-urgency', 'due_at', 'id'], name='task_queue'),
        ),
        RemoveIndexConcurrently(
            model_name='reviewtask',
            name='task_by_urgency',
        ),
    ]
