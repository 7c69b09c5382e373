# Additive: the version before it keeps its tokens in tables of its own (knox), which stay and are read no more.

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0005_presences_and_causes'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sealed_secret', models.BinaryField()),
                ('begun_at', models.DateTimeField(help_text='When it was begun to be set up.')),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When a first code showed that the app has it; until then it is not asked for.', null=True)),
                ('last_step', models.BigIntegerField(default=0, editable=False, help_text='The half minute of the last code taken: neither it nor older ones count.')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_factor', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['user__username'],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(editable=False, help_text='SHA-256 of the code, which is 80 bits long.', max_length=64)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('factor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to='editorial.secondfactor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('factor', 'digest'), name='recoverycode_once')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(help_text='When it was tried.')),
                ('door', models.CharField(help_text='Where: api or admin.', max_length=10)),
                ('address', models.GenericIPAddressField(blank=True, help_text='From which address.', null=True)),
                ('name_digest', models.CharField(editable=False, max_length=64)),
                ('outcome', models.CharField(choices=[('begun', 'Begun'), ('wrong', 'Wrong'), ('no_code', 'No code'), ('wrong_code', 'Wrong code'), ('let_in', 'Let in')], help_text='What became of it.', max_length=32)),
                ('user', models.ForeignKey(blank=True, help_text="Whose password it was; empty if it was nobody's.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at'],
                'indexes': [models.Index(fields=['address', 'at'], name='signin_by_address'), models.Index(fields=['name_digest', 'at'], name='signin_by_name'), models.Index(fields=['at'], name='signin_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['begun', 'wrong', 'no_code', 'wrong_code', 'let_in'])), name='signin_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(editable=False, help_text='SHA-256 of the token.', max_length=64, unique=True)),
                ('label', models.CharField(blank=True, default='', help_text='What it is for: CMS plug-in.', max_length=80)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), help_text='What it is good for.', size=None)),
                ('issued_at', models.DateTimeField(help_text='When it was issued.')),
                ('expires_at', models.DateTimeField(help_text='When it stops working.')),
                ('last_used_at', models.DateTimeField(blank=True, help_text='When it was last used, to within the hour; empty if never.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, help_text='When it was revoked; empty if it was not.', null=True)),
                ('issued_by', models.ForeignKey(help_text='Who has seen it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(help_text='For whom it acts.', on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'file', 'review', 'sign', 'manage']), ('scopes__contains', ['read'])), name='token_scopes_known'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('issued_at'))), name='token_expires')],
            },
        ),
    ]
