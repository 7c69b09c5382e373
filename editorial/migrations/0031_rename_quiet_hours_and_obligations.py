"""Quiet hours start and end as duty shifts do, and what readers are owed is an obligation.

No released version has these tables, so their columns may change their names.
"""

from django.db import migrations, models

_KINDS = [
    ('alert', 'Alerts about accounts, the vault and the installation'),
    ('obligation', 'Remedies, missed deadlines and voided decisions'),
    ('work', 'Work waiting for you'),
    ('comment', 'Comments that mention you, and replies in your threads'),
    ('change', 'Changes that concern your work'),
    ('queue', 'New tasks that you may do'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0030_search_documents'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='emailpreference',
            name='emailpreference_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='emailpreference',
            name='emailpreference_is_not_mandatory',
        ),
        migrations.RemoveConstraint(
            model_name='quiethours',
            name='quiethours_begin_before_they_end',
        ),
        migrations.AlterField(
            model_name='emailpreference',
            name='kind',
            field=models.CharField(choices=_KINDS, max_length=32),
        ),
        migrations.RenameField(model_name='quiethours', old_name='begin', new_name='starts_at'),
        migrations.RenameField(model_name='quiethours', old_name='end', new_name='ends_at'),
        migrations.AlterField(
            model_name='quiethours',
            name='starts_at',
            field=models.TimeField(help_text="When they start, in the person's time zone."),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'obligation', 'work', 'comment', 'change', 'queue'])), name='emailpreference_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'obligation']), _negated=True), name='emailpreference_is_not_mandatory'),
        ),
        migrations.AddConstraint(
            model_name='quiethours',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', models.F('ends_at')), _negated=True), name='quiethours_end_at_another_time'),
        ),
    ]
