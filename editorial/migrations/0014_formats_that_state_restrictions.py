"""Whether the versions on file came in formats that can state an embargo or a withdrawal. Of earlier ones: yes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0013_indexes_for_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='wireitem',
            name='states_embargo',
            field=models.BooleanField(db_default=True, default=True, editable=False, help_text='Whether the format of a version on file can state an embargo, so that older ones do not count.'),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='states_status',
            field=models.BooleanField(db_default=True, default=True, editable=False, help_text='Whether the format of a version on file can state a withdrawal, so that older ones do not count.'),
        ),
    ]
