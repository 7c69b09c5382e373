"""Sessions name their user, so that people can list and end their own. Everybody logs in again."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0007_temporary_passwords'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('session_key', models.CharField(editable=False, max_length=40, unique=True)),
                ('session_data', models.TextField(editable=False)),
                ('expire_date', models.DateTimeField(db_index=True, help_text='When it ends unless it is used.')),
                ('auth_hash', models.CharField(blank=True, default='', editable=False, help_text="The account's authentication hash; the session ends when it changes.", max_length=100)),
                ('device', models.CharField(blank=True, default='', help_text='The browser and its system.', max_length=80, verbose_name='browser')),
                ('address', models.GenericIPAddressField(help_text='The IP address at sign-in.', null=True)),
                ('signed_in_at', models.DateTimeField(help_text='When it began.')),
                ('last_used_at', models.DateTimeField(help_text='When it was last used, to the minute.')),
                ('user', models.ForeignKey(help_text='The user; empty before sign-in.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-last_used_at'],
            },
        ),
        # Nothing reads the former table any more; returning to the previous version would reopen its sessions.
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
    ]
