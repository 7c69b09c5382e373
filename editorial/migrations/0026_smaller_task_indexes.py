"""Drop an index of tasks that `task_filters` replaces, and the ids at the end of three (decision 0068)."""

from django.db import migrations, models

LIVE = models.Q(state__in=["open", "taken"])
INDEXES = {
    "task_late_first": ["overdue_at", "-urgency", "due_at"],
    "task_late_in_queue": ["queue", "overdue_at", "-urgency", "due_at"],
    "task_by_due": ["due_at"],
}


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0025_fewer_indexes'),
    ]

    operations = [
        *(migrations.RemoveIndex(model_name='reviewtask', name=name) for name in ('task_of_kind', *INDEXES)),
        *(
            migrations.AddIndex(
                model_name='reviewtask', index=models.Index(fields=fields, condition=LIVE, name=name)
            )
            for name, fields in INDEXES.items()
        ),
    ]
