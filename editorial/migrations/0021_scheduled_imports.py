"""Scheduled imports: feeds and pages that are fetched again and again."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0020_filters_by_rare_values'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScheduledImport',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts revisions; an update names the revision it is based on.')),
                ('kind', models.CharField(choices=[('claims_sheet', 'Claims sheet'), ('feed', 'Feed'), ('ninjs', 'Ninjs'), ('page', 'Page')], help_text='The kind of import: feed or page.', max_length=32)),
                ('url', models.CharField(help_text='The URL. It changes if its server says that it has moved.', max_length=2000, verbose_name='URL')),
                ('interval_minutes', models.PositiveSmallIntegerField(default=15, help_text='Minutes between two fetches, 5 to 10,080.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(10080)])),
                ('scheduled_at', models.DateTimeField(help_text='When it was scheduled.')),
                ('next_fetch_at', models.DateTimeField(blank=True, help_text='When it is next fetched; null if paused.', null=True)),
                ('fetched_at', models.DateTimeField(blank=True, help_text='When it was last fetched, or tried.', null=True)),
                ('succeeded_at', models.DateTimeField(blank=True, help_text='When it was last fetched successfully.', null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='How often it has failed since then.')),
                ('problem', models.CharField(blank=True, default='', help_text='Why the last fetch failed and what to do; empty if it did not.', max_length=500)),
                ('etag', models.CharField(blank=True, default='', editable=False, max_length=1000)),
                ('last_modified', models.CharField(blank=True, default='', editable=False, max_length=100)),
                ('digest', models.CharField(blank=True, default='', editable=False, help_text='SHA-256 of the items that were last imported.', max_length=64)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_imports', to='editorial.desk')),
                ('outlet', models.ForeignKey(blank=True, help_text='The outlet that published the items; otherwise it is found by the name in them.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='editorial.source')),
                ('scheduled_by', models.ForeignKey(help_text='The user in whose name items are filed: who scheduled it, or resumed it last.', on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_imports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='outboxmessage',
            name='outboxmessage_kind_known',
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='kind',
            field=models.CharField(choices=[('assess_claim', 'Assess claim'), ('reevaluate_story', 'Reevaluate story'), ('notify', 'Notify'), ('deliver', 'Deliver'), ('fetch', 'Fetch'), ('fetch_scheduled', 'Fetch scheduled'), ('import', 'Import'), ('disable_webhook', 'Disable webhook'), ('erase_old_rows', 'Erase old rows')], max_length=32),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['assess_claim', 'reevaluate_story', 'notify', 'deliver', 'fetch', 'fetch_scheduled', 'import', 'disable_webhook', 'erase_old_rows'])), name='outboxmessage_kind_known'),
        ),
        migrations.AddField(
            model_name='import',
            name='scheduled_import',
            field=models.ForeignKey(blank=True, help_text='The scheduled import that it belongs to; null if somebody started it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='editorial.scheduledimport'),
        ),
        migrations.AddIndex(
            model_name='scheduledimport',
            index=models.Index(condition=models.Q(('next_fetch_at__isnull', False)), fields=['next_fetch_at'], name='scheduledimport_due'),
        ),
        migrations.AddConstraint(
            model_name='scheduledimport',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['feed', 'page'])), name='scheduledimport_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='scheduledimport',
            constraint=models.CheckConstraint(condition=models.Q(('interval_minutes__gte', 5), ('interval_minutes__lte', 10080)), name='scheduledimport_interval_in_range'),
        ),
        migrations.AddConstraint(
            model_name='scheduledimport',
            constraint=models.UniqueConstraint(models.F('desk'), models.F('kind'), django.db.models.functions.text.MD5('url'), name='scheduledimport_once_per_desk'),
        ),
    ]
