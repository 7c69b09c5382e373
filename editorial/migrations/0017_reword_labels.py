"""New words in labels and help texts. Changes Django's state only, not the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0016_external_receivers'),
    ]

    operations = [
        migrations.AlterModelOptions(name='policyrisk', options={'ordering': ['risk']}),
        migrations.AlterField(
            model_name='import',
            name='updated',
            field=models.PositiveIntegerField(default=0, help_text='Rows whose wire item has changed since.'),
        ),
        migrations.AlterModelOptions(
            name='replyrequest',
            options={'ordering': ['-sent_at'], 'verbose_name': 'request for comment', 'verbose_name_plural': 'requests for comment'},
        ),
        migrations.AlterField(
            model_name='accountchange',
            name='forced_by',
            field=models.ForeignKey(blank=True, help_text='The administrator who made the change without approval.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made without approval by'),
        ),
        migrations.AlterField(
            model_name='accountchange',
            name='role',
            field=models.CharField(blank=True, choices=[('reporter', 'Reporter'), ('fact_checker', 'Fact-checker'), ('copy_editor', 'Copy editor'), ('editor', 'Editor'), ('senior_editor', 'Senior editor'), ('standards_editor', 'Standards editor'), ('lawyer', 'Lawyer'), ('custodian', 'Custodian'), ('admin', 'Admin')], default='', help_text='The role to grant; empty for other kinds.', max_length=32),
        ),
        migrations.AlterField(
            model_name='accountchangeevent',
            name='forced_by',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The administrator who made the change without approval.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made without approval by'),
        ),
        migrations.AlterField(
            model_name='accountchangeevent',
            name='role',
            field=models.CharField(blank=True, choices=[('reporter', 'Reporter'), ('fact_checker', 'Fact-checker'), ('copy_editor', 'Copy editor'), ('editor', 'Editor'), ('senior_editor', 'Senior editor'), ('standards_editor', 'Standards editor'), ('lawyer', 'Lawyer'), ('custodian', 'Custodian'), ('admin', 'Admin')], default='', help_text='The role to grant; empty for other kinds.', max_length=32),
        ),
        migrations.AlterField(
            model_name='matchingattempt',
            name='within_quota',
            field=models.BooleanField(help_text='Whether it was allowed. Refused ones count towards the alert.'),
        ),
        migrations.AlterField(
            model_name='matchinglock',
            name='alarm_due_at',
            field=models.DateTimeField(blank=True, help_text='When the alert is to be sent; empty once custodians were notified.', null=True),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('reporter', 'Reporter'), ('fact_checker', 'Fact-checker'), ('copy_editor', 'Copy editor'), ('editor', 'Editor'), ('senior_editor', 'Senior editor'), ('standards_editor', 'Standards editor'), ('lawyer', 'Lawyer'), ('custodian', 'Custodian'), ('admin', 'Admin')], help_text="The role's permissions are listed in docs/reference/roles.md.", max_length=32),
        ),
        migrations.AlterField(
            model_name='membershipevent',
            name='role',
            field=models.CharField(choices=[('reporter', 'Reporter'), ('fact_checker', 'Fact-checker'), ('copy_editor', 'Copy editor'), ('editor', 'Editor'), ('senior_editor', 'Senior editor'), ('standards_editor', 'Standards editor'), ('lawyer', 'Lawyer'), ('custodian', 'Custodian'), ('admin', 'Admin')], help_text="The role's permissions are listed in docs/reference/roles.md.", max_length=32),
        ),
        migrations.AlterField(
            model_name='secondfactor',
            name='enrolled_at',
            field=models.DateTimeField(help_text='When setting it up started.'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='directness',
            field=models.CharField(choices=[('first_hand', 'First-hand'), ('second_hand', 'Second-hand'), ('relayed', 'Relayed')], help_text='How the source knows: first-hand, from an informant, or as a relay.', max_length=32),
        ),
        migrations.AlterField(
            model_name='statement',
            name='stance',
            field=models.CharField(choices=[('affirms', 'Affirms'), ('denies', 'Denies'), ('unaware', 'Is unaware'), ('cannot_confirm', 'Cannot confirm'), ('declines', 'Declines to comment'), ('qualifies', 'Qualifies')], help_text='Only affirms and denies weigh; nothing else may be written up as a denial.', max_length=32),
        ),
        migrations.AlterField(
            model_name='statementevent',
            name='directness',
            field=models.CharField(choices=[('first_hand', 'First-hand'), ('second_hand', 'Second-hand'), ('relayed', 'Relayed')], help_text='How the source knows: first-hand, from an informant, or as a relay.', max_length=32),
        ),
        migrations.AlterField(
            model_name='statementevent',
            name='stance',
            field=models.CharField(choices=[('affirms', 'Affirms'), ('denies', 'Denies'), ('unaware', 'Is unaware'), ('cannot_confirm', 'Cannot confirm'), ('declines', 'Declines to comment'), ('qualifies', 'Qualifies')], help_text='Only affirms and denies weigh; nothing else may be written up as a denial.', max_length=32),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(help_text='Where notifications are sent.', max_length=254, verbose_name='email address'),
        ),
        migrations.AlterField(
            model_name='userevent',
            name='email',
            field=models.EmailField(help_text='Where notifications are sent.', max_length=254, verbose_name='email address'),
        ),
        migrations.AlterConstraint(
            model_name='source',
            name='source_organization_has_no_employer',
            constraint=models.CheckConstraint(condition=models.Q(('org__isnull', False), ('type', 'organization'), _negated=True), name='source_organization_has_no_employer', violation_error_message='An organisation has no employer. Leave the field empty.'),
        ),
    ]
