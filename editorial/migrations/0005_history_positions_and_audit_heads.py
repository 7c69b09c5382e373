"""Positions of history entries, history of accounts, roles, policies, exhibits and decisions, and signed heads."""

import django.contrib.auth.validators
import django.contrib.postgres.indexes
import django.db.models.deletion
import editorial.models.ops.change_log
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from editorial.models import sql

# These tables had history before; every entry of theirs gets a position from now on.
_TRACKED = (
    "adversepartyevent claimevent claimuseevent compoundmemberevent dispositiveevidenceevent publisheduseevent "
    "relayevent replyrequestclaimevent replyrequestevent reviewtaskevent signoffevent sourceevent statementevent "
    "storyauthorevent storyevent useevidenceevent"
).split()

# These tables have history from now on: their rows are its first entries.
_NEWLY_TRACKED = {
    "conditioncheck": "story_id revision_id claim_id code confirmed_by_id confirmed_at",
    "correction": "story_id remedy because opened_at due_at overdue_at text closed_at closed_by_id",
    "corroborationpolicy": "version name in_force_at note",
    "desk": "name slug",
    "exhibit": "desk_id file content_type size sha256 attached_by_id attached_at",
    "gateoverride": "story_id revision_id code reason overridden_by_id overridden_at",
    "membership": "user_id desk_id role",
    "policyrisk": "policy_id risk reply_hours legal_read standards_read review_hours",
    "policyrow": "policy_id risk position groups first_hand named disinterested rated",
    "user": "is_superuser username is_staff is_active email",
}


def _add_positions():
    """Add each column empty, then give it a default: filling the rows of a large table would lock it for long."""
    columns = [(model, "pgh_position") for model in _TRACKED] + [("assessment", "position"), ("storyrevision", "position")]
    field = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="Position of the transaction (decision 0024).",
        db_default=editorial.models.ops.change_log.SyncPosition(),
    )
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE editorial_{model} ADD COLUMN {column} bigint; "
                f"ALTER TABLE editorial_{model} ALTER COLUMN {column} SET DEFAULT sync_position()",
                f"ALTER TABLE editorial_{model} DROP COLUMN {column}",
            )
            for model, column in columns
        ],
        [migrations.AddField(model, column, field) for model, column in columns],
    )


def _first_entries(table, columns):
    columns = ", ".join(f'"{column}"' for column in ["id", *columns.split()])
    return migrations.RunSQL(
        f"INSERT INTO editorial_{table}event (pgh_created_at, pgh_label, pgh_obj_id, {columns}) "
        f"SELECT now(), 'insert', id, {columns} FROM editorial_{table}",
        migrations.RunSQL.noop,
    )


# What the application may not write itself, its triggers write with the owner's rights.
_OWNERS_FUNCTIONS = {
    "log_change": "log_change(text, uuid[], uuid[])",
    "refresh_claim_visibility": "refresh_claim_visibility(uuid[])",
}


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0004_describe_encrypted_columns'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        _add_positions(),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('number', models.PositiveIntegerField(help_text='Numbers the heads from 1 without gaps.', primary_key=True, serialize=False)),
                ('digest', models.CharField(help_text='SHA-256 of the signed head.', max_length=64)),
                ('signed_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(blank=True, help_text='When the address in AUDIT_HEADS_URL accepted it.', null=True)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ConditionCheckEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('code', models.CharField(choices=[('E_EMBARGO', 'E embargo'), ('E_LEVEL', 'E level'), ('E_IDENTITY_UNKNOWN', 'E identity unknown'), ('E_REFUTED', 'E refuted'), ('E_WITHDRAWN', 'E withdrawn'), ('E_FALSE_DECLINE', 'E false decline'), ('E_FOUR_EYES', 'E four eyes'), ('E_ASSERTED_UNVERIFIED', 'E asserted unverified'), ('E_DEBUNK_NOT_REFUTED', 'E debunk not refuted'), ('E_NO_ORIGIN', 'E no origin'), ('E_SOURCE_COUNT', 'E source count'), ('E_REPLY_NOT_SENT', 'E reply not sent'), ('E_REPLY_PENDING', 'E reply pending'), ('E_REPLY_WINDOW', 'E reply window'), ('E_LEGAL', 'E legal'), ('E_SIGNOFF', 'E signoff'), ('C_ATTRIBUTE', 'C attribute'), ('C_NOT_VERIFIED', 'C not verified'), ('C_INCLUDE_DENIAL', 'C include denial'), ('C_LEAD_WITH_FACT', 'C lead with fact'), ('C_ANON_EXPLAIN', 'C anon explain'), ('C_SAME_ORIGIN', 'C same origin'), ('C_REPLY_OUTCOME', 'C reply outcome')], max_length=32)),
                ('confirmed_at', models.DateTimeField()),
                ('claim', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.claim')),
                ('confirmed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.conditioncheck')),
                ('revision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.storyrevision')),
                ('story', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.story')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CorrectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('remedy', models.CharField(choices=[('none', 'None'), ('update', 'Update'), ('editors_note', "Editor's note"), ('correction', 'Correction'), ('retraction', 'Retraction')], max_length=32)),
                ('because', models.TextField(help_text='What changed, in plain words without names.')),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='The deadline for publishing it.')),
                ('overdue_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('text', models.TextField(blank=True, default='', help_text='The text published to readers.')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.correction')),
                ('story', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.story')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CorroborationPolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('in_force_at', models.DateTimeField(help_text='When this version takes effect (UTC).')),
                ('note', models.TextField(blank=True, help_text='Why this version was made.')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.corroborationpolicy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DeskEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('slug', models.SlugField(db_index=False, help_text='Short name used in URLs.')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.desk')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExhibitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('file', models.FileField(blank=True, default='', max_length=200, upload_to='%Y/%m')),
                ('content_type', models.CharField(help_text='Media type, detected from the content.', max_length=100)),
                ('size', models.PositiveBigIntegerField(help_text='Bytes.')),
                ('sha256', models.CharField(help_text='SHA-256 of the original bytes.', max_length=64)),
                ('attached_at', models.DateTimeField()),
                ('attached_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.desk')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.exhibit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GateOverrideEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('code', models.CharField(choices=[('E_EMBARGO', 'E embargo'), ('E_LEVEL', 'E level'), ('E_IDENTITY_UNKNOWN', 'E identity unknown'), ('E_REFUTED', 'E refuted'), ('E_WITHDRAWN', 'E withdrawn'), ('E_FALSE_DECLINE', 'E false decline'), ('E_FOUR_EYES', 'E four eyes'), ('E_ASSERTED_UNVERIFIED', 'E asserted unverified'), ('E_DEBUNK_NOT_REFUTED', 'E debunk not refuted'), ('E_NO_ORIGIN', 'E no origin'), ('E_SOURCE_COUNT', 'E source count'), ('E_REPLY_NOT_SENT', 'E reply not sent'), ('E_REPLY_PENDING', 'E reply pending'), ('E_REPLY_WINDOW', 'E reply window'), ('E_LEGAL', 'E legal'), ('E_SIGNOFF', 'E signoff'), ('C_ATTRIBUTE', 'C attribute'), ('C_NOT_VERIFIED', 'C not verified'), ('C_INCLUDE_DENIAL', 'C include denial'), ('C_LEAD_WITH_FACT', 'C lead with fact'), ('C_ANON_EXPLAIN', 'C anon explain'), ('C_SAME_ORIGIN', 'C same origin'), ('C_REPLY_OUTCOME', 'C reply outcome')], max_length=32)),
                ('reason', models.TextField()),
                ('overridden_at', models.DateTimeField()),
                ('overridden_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.gateoverride')),
                ('revision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.storyrevision')),
                ('story', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.story')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('role', models.CharField(choices=[('reporter', 'Reporter'), ('fact_checker', 'Fact checker'), ('copy_editor', 'Copy editor'), ('editor', 'Editor'), ('senior_editor', 'Senior editor'), ('standards_editor', 'Standards editor'), ('lawyer', 'Lawyer'), ('custodian', 'Custodian'), ('admin', 'Admin')], help_text="The role's permissions are listed in docs/reference/roles.md.", max_length=32)),
                ('desk', models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: the role holds at every desk.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.desk')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.membership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PolicyRiskEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('risk', models.CharField(choices=[('routine', 'Routine'), ('contentious', 'Contentious'), ('serious', 'Serious')], max_length=32)),
                ('reply_hours', models.PositiveSmallIntegerField(blank=True, help_text='Minimum hours for an adverse party to reply; empty: no reply is owed.', null=True)),
                ('legal_read', models.BooleanField(default=False, help_text='Requires a legal review.')),
                ('standards_read', models.BooleanField(default=False, help_text='Requires a standards review.')),
                ('review_hours', models.PositiveSmallIntegerField(help_text='Hours a review task may stay open before it is overdue.')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.policyrisk')),
                ('policy', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.corroborationpolicy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PolicyRowEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('risk', models.CharField(choices=[('routine', 'Routine'), ('contentious', 'Contentious'), ('serious', 'Serious')], max_length=32)),
                ('position', models.PositiveSmallIntegerField(help_text='Order among the rows of one risk; the first wins ties.')),
                ('groups', models.PositiveSmallIntegerField(help_text='Independent groups.')),
                ('first_hand', models.PositiveSmallIntegerField(help_text='Groups with a first-hand source.')),
                ('named', models.PositiveSmallIntegerField(help_text='Groups with a named source on the record, or a document.')),
                ('disinterested', models.PositiveSmallIntegerField(help_text='Groups with a disinterested source.')),
                ('rated', models.PositiveSmallIntegerField(help_text='Groups with a source rated A, B or C.')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.policyrow')),
                ('policy', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.corroborationpolicy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UserEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.ops.change_log.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('email', models.EmailField(help_text='Where notices are sent.', max_length=254, verbose_name='email address')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='adversepartyevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_a_pgh_pos_2554fd_brin'),
        ),
        migrations.AddIndex(
            model_name='assessment',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['position'], name='editorial_a_positio_86baf9_brin'),
        ),
        migrations.AddIndex(
            model_name='claimevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_250000_brin'),
        ),
        migrations.AddIndex(
            model_name='claimuseevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_8d9bba_brin'),
        ),
        migrations.AddIndex(
            model_name='compoundmemberevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_615a23_brin'),
        ),
        migrations.AddIndex(
            model_name='dispositiveevidenceevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_d_pgh_pos_6d5ed5_brin'),
        ),
        migrations.AddIndex(
            model_name='publisheduseevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_p_pgh_pos_9f689a_brin'),
        ),
        migrations.AddIndex(
            model_name='relayevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_r_pgh_pos_c157f6_brin'),
        ),
        migrations.AddIndex(
            model_name='replyrequestclaimevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_r_pgh_pos_936d79_brin'),
        ),
        migrations.AddIndex(
            model_name='replyrequestevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_r_pgh_pos_c10bf7_brin'),
        ),
        migrations.AddIndex(
            model_name='reviewtaskevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_r_pgh_pos_804ade_brin'),
        ),
        migrations.AddIndex(
            model_name='signoffevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_s_pgh_pos_729dc3_brin'),
        ),
        migrations.AddIndex(
            model_name='sourceevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_s_pgh_pos_bd8a5b_brin'),
        ),
        migrations.AddIndex(
            model_name='statementevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_s_pgh_pos_2514d8_brin'),
        ),
        migrations.AddIndex(
            model_name='storyauthorevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_s_pgh_pos_9da396_brin'),
        ),
        migrations.AddIndex(
            model_name='storyevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_s_pgh_pos_62f813_brin'),
        ),
        migrations.AddIndex(
            model_name='storyrevision',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['position'], name='editorial_s_positio_c9387f_brin'),
        ),
        migrations.AddIndex(
            model_name='useevidenceevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_u_pgh_pos_2508a5_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conditioncheck',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_conditioncheckevent" ("claim_id", "code", "confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision_id", "story_id") VALUES (NEW."claim_id", NEW."code", NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revision_id", NEW."story_id"); RETURN NULL;', hash='25d6426f2332b9e094f0c88fc1154b97e937bfa0', operation='INSERT', pgid='pgtrigger_insert_insert_578b1', table='editorial_conditioncheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conditioncheck',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_conditioncheckevent" ("claim_id", "code", "confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision_id", "story_id") VALUES (NEW."claim_id", NEW."code", NEW."confirmed_at", NEW."confirmed_by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revision_id", NEW."story_id"); RETURN NULL;', hash='8ed31b7c78a2edd7a3d6df45d779c69822466e49', operation='UPDATE', pgid='pgtrigger_update_update_48a3c', table='editorial_conditioncheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conditioncheck',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_conditioncheckevent" ("claim_id", "code", "confirmed_at", "confirmed_by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revision_id", "story_id") VALUES (OLD."claim_id", OLD."code", OLD."confirmed_at", OLD."confirmed_by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."revision_id", OLD."story_id"); RETURN NULL;', hash='241ace65c4deae49861796c4c05c3df6228af28f', operation='DELETE', pgid='pgtrigger_delete_delete_71d55', table='editorial_conditioncheck', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_correctionevent" ("because", "closed_at", "closed_by_id", "due_at", "id", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remedy", "story_id", "text") VALUES (NEW."because", NEW."closed_at", NEW."closed_by_id", NEW."due_at", NEW."id", NEW."opened_at", NEW."overdue_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."remedy", NEW."story_id", NEW."text"); RETURN NULL;', hash='ef5e71004a8c39dc431079b75da30551d5475320', operation='INSERT', pgid='pgtrigger_insert_insert_2c13f', table='editorial_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_correctionevent" ("because", "closed_at", "closed_by_id", "due_at", "id", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remedy", "story_id", "text") VALUES (NEW."because", NEW."closed_at", NEW."closed_by_id", NEW."due_at", NEW."id", NEW."opened_at", NEW."overdue_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."remedy", NEW."story_id", NEW."text"); RETURN NULL;', hash='94b0028aa1b9b7d3cf19d42fed721904c56cbc80', operation='UPDATE', pgid='pgtrigger_update_update_58d74', table='editorial_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_correctionevent" ("because", "closed_at", "closed_by_id", "due_at", "id", "opened_at", "overdue_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remedy", "story_id", "text") VALUES (OLD."because", OLD."closed_at", OLD."closed_by_id", OLD."due_at", OLD."id", OLD."opened_at", OLD."overdue_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."remedy", OLD."story_id", OLD."text"); RETURN NULL;', hash='707207fad49636f1833c8f6fd98753a3775641b7', operation='DELETE', pgid='pgtrigger_delete_delete_756c0', table='editorial_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='corroborationpolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_corroborationpolicyevent" ("id", "in_force_at", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."id", NEW."in_force_at", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version"); RETURN NULL;', hash='c15c925e2671e34c93ac3b62d2b4a745e9f03ca6', operation='INSERT', pgid='pgtrigger_insert_insert_9a3ce', table='editorial_corroborationpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='corroborationpolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_corroborationpolicyevent" ("id", "in_force_at", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."id", NEW."in_force_at", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;', hash='cac1b91a7895565b45bfaa7606071a1b5578b757', operation='UPDATE', pgid='pgtrigger_update_update_c3b6f', table='editorial_corroborationpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='corroborationpolicy',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_corroborationpolicyevent" ("id", "in_force_at", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (OLD."id", OLD."in_force_at", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."version"); RETURN NULL;', hash='d213c1dcc86858a0d65a007341efd80d957186cd', operation='DELETE', pgid='pgtrigger_delete_delete_6a0d0', table='editorial_corroborationpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='desk',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_deskevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug"); RETURN NULL;', hash='127ca466a3c967a954a50f9e42c306d5bd2440e4', operation='INSERT', pgid='pgtrigger_insert_insert_1bf67', table='editorial_desk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='desk',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_deskevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug"); RETURN NULL;', hash='6a55fd69addc63a833de13514746cce61d980307', operation='UPDATE', pgid='pgtrigger_update_update_ce85a', table='editorial_desk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='desk',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_deskevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug"); RETURN NULL;', hash='9b2d8ba904f0f228462ee2c484f1a3325e49f729', operation='DELETE', pgid='pgtrigger_delete_delete_a0193', table='editorial_desk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exhibit',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_exhibitevent" ("attached_at", "attached_by_id", "content_type", "desk_id", "file", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size") VALUES (NEW."attached_at", NEW."attached_by_id", NEW."content_type", NEW."desk_id", NEW."file", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sha256", NEW."size"); RETURN NULL;', hash='30c11d524fbad43c0a6c258731243e1ba5010f30', operation='INSERT', pgid='pgtrigger_insert_insert_02ed0', table='editorial_exhibit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exhibit',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."attached_at" IS DISTINCT FROM (NEW."attached_at") OR OLD."attached_by_id" IS DISTINCT FROM (NEW."attached_by_id") OR OLD."content_type" IS DISTINCT FROM (NEW."content_type") OR OLD."desk_id" IS DISTINCT FROM (NEW."desk_id") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size"))', func='INSERT INTO "editorial_exhibitevent" ("attached_at", "attached_by_id", "content_type", "desk_id", "file", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size") VALUES (NEW."attached_at", NEW."attached_by_id", NEW."content_type", NEW."desk_id", NEW."file", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."size"); RETURN NULL;', hash='4d13aeb99c88937bf2bf497d03abb7c71f4a2ee5', operation='UPDATE', pgid='pgtrigger_update_update_a0d12', table='editorial_exhibit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exhibit',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_exhibitevent" ("attached_at", "attached_by_id", "content_type", "desk_id", "file", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size") VALUES (OLD."attached_at", OLD."attached_by_id", OLD."content_type", OLD."desk_id", OLD."file", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."size"); RETURN NULL;', hash='4d540c8198394a935f208a97eaf277ccf9c63dcb', operation='DELETE', pgid='pgtrigger_delete_delete_720e2', table='editorial_exhibit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gateoverride',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_gateoverrideevent" ("code", "id", "overridden_at", "overridden_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "revision_id", "story_id") VALUES (NEW."code", NEW."id", NEW."overridden_at", NEW."overridden_by_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."revision_id", NEW."story_id"); RETURN NULL;', hash='cb133b033040b4e7cf023ff47a8f7705e803d809', operation='INSERT', pgid='pgtrigger_insert_insert_a3b47', table='editorial_gateoverride', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gateoverride',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_gateoverrideevent" ("code", "id", "overridden_at", "overridden_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "revision_id", "story_id") VALUES (NEW."code", NEW."id", NEW."overridden_at", NEW."overridden_by_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."revision_id", NEW."story_id"); RETURN NULL;', hash='4c5f2108c6264940036f767bfebc23919ecab8c2', operation='UPDATE', pgid='pgtrigger_update_update_baf0b', table='editorial_gateoverride', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gateoverride',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_gateoverrideevent" ("code", "id", "overridden_at", "overridden_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "revision_id", "story_id") VALUES (OLD."code", OLD."id", OLD."overridden_at", OLD."overridden_by_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."revision_id", OLD."story_id"); RETURN NULL;', hash='6e566fc7588703a91a99210d0774ca06f718c190', operation='DELETE', pgid='pgtrigger_delete_delete_a68ef', table='editorial_gateoverride', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_membershipevent" ("desk_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."desk_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='dbce28613038cc211cf324c4970ca0e3a7eddeef', operation='INSERT', pgid='pgtrigger_insert_insert_6018f', table='editorial_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_membershipevent" ("desk_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."desk_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;', hash='8d10b5716e7e0528c4869010a4ea94c4681d228c', operation='UPDATE', pgid='pgtrigger_update_update_1f5d2', table='editorial_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_membershipevent" ("desk_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (OLD."desk_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."user_id"); RETURN NULL;', hash='3c8d3a3f2a5fd4d4ce2e90ada27c2023e51dbcb1', operation='DELETE', pgid='pgtrigger_delete_delete_3e6c4', table='editorial_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrisk',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_policyriskevent" ("id", "legal_read", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "reply_hours", "review_hours", "risk", "standards_read") VALUES (NEW."id", NEW."legal_read", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_id", NEW."reply_hours", NEW."review_hours", NEW."risk", NEW."standards_read"); RETURN NULL;', hash='a76f25a339c742a83a4e8e75f048762d6c2a0068', operation='INSERT', pgid='pgtrigger_insert_insert_9f8b0', table='editorial_policyrisk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrisk',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_policyriskevent" ("id", "legal_read", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "reply_hours", "review_hours", "risk", "standards_read") VALUES (NEW."id", NEW."legal_read", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_id", NEW."reply_hours", NEW."review_hours", NEW."risk", NEW."standards_read"); RETURN NULL;', hash='e83ff954a0ad37d43b2ac9fb37e86e65d9c96e2d', operation='UPDATE', pgid='pgtrigger_update_update_1d52b', table='editorial_policyrisk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrisk',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_policyriskevent" ("id", "legal_read", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "reply_hours", "review_hours", "risk", "standards_read") VALUES (OLD."id", OLD."legal_read", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."policy_id", OLD."reply_hours", OLD."review_hours", OLD."risk", OLD."standards_read"); RETURN NULL;', hash='540b83b2ffb56f52adcd919ddb54fa1e3a6282ab', operation='DELETE', pgid='pgtrigger_delete_delete_17c43', table='editorial_policyrisk', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrow',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_policyrowevent" ("disinterested", "first_hand", "groups", "id", "named", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "position", "rated", "risk") VALUES (NEW."disinterested", NEW."first_hand", NEW."groups", NEW."id", NEW."named", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."policy_id", NEW."position", NEW."rated", NEW."risk"); RETURN NULL;', hash='f561d90b9d6fbb3a79419779ed6286353bec5c9d', operation='INSERT', pgid='pgtrigger_insert_insert_39ab0', table='editorial_policyrow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrow',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_policyrowevent" ("disinterested", "first_hand", "groups", "id", "named", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "position", "rated", "risk") VALUES (NEW."disinterested", NEW."first_hand", NEW."groups", NEW."id", NEW."named", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."policy_id", NEW."position", NEW."rated", NEW."risk"); RETURN NULL;', hash='545dd4e7fe789eb70017e5dbb1ec809610d9777b', operation='UPDATE', pgid='pgtrigger_update_update_f7755', table='editorial_policyrow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrow',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_policyrowevent" ("disinterested", "first_hand", "groups", "id", "named", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id", "position", "rated", "risk") VALUES (OLD."disinterested", OLD."first_hand", OLD."groups", OLD."id", OLD."named", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."policy_id", OLD."position", OLD."rated", OLD."risk"); RETURN NULL;', hash='f5f4ecc24b5f8a23149ab512f5c5e1a15beb7e08', operation='DELETE', pgid='pgtrigger_delete_delete_33cb7', table='editorial_policyrow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_userevent" ("email", "id", "is_active", "is_staff", "is_superuser", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."username"); RETURN NULL;', hash='6a57669e0767b216a5e41b382b69dfcf2c4180dd', operation='INSERT', pgid='pgtrigger_insert_insert_e4f05', table='editorial_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."username" IS DISTINCT FROM (NEW."username"))', func='INSERT INTO "editorial_userevent" ("email", "id", "is_active", "is_staff", "is_superuser", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."email", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."username"); RETURN NULL;', hash='ab54c6067d2a048d578b01adcd4083928e582bb0', operation='UPDATE', pgid='pgtrigger_update_update_55e64', table='editorial_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_userevent" ("email", "id", "is_active", "is_staff", "is_superuser", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."username"); RETURN NULL;', hash='246bfc6206facc5e8f8e242e0ec20d7f2615d372', operation='DELETE', pgid='pgtrigger_delete_delete_51889', table='editorial_user', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='audithead',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='audithead_numbers_from_one'),
        ),
        migrations.AddConstraint(
            model_name='audithead',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='audithead_digest_is_hex'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audithead',
            trigger=pgtrigger.compiler.Trigger(name='audithead_is_not_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='edb237c73e5965951a3c606e80ef03bc74e8fa6f', operation='DELETE', pgid='pgtrigger_audithead_is_not_deleted_615f9', table='editorial_audithead', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='audithead',
            trigger=pgtrigger.compiler.Trigger(name='audithead_is_not_replaced', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='49d570fc6d6089aa59744606a1178b211ff973e3', operation='UPDATE', pgid='pgtrigger_audithead_is_not_replaced_f2ad2', table='editorial_audithead', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='conditioncheckevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_b99b91_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='conditioncheckevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fce0252ff81bebaa2769803913d9bb843d4aedd4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7551d', table='editorial_conditioncheckevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='correctionevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_718124_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correctionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f4a734c7b51616456b725bcffe99e2df9376bc86', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_effa5', table='editorial_correctionevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='corroborationpolicyevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_3bd4f4_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='corroborationpolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0ec4daf6112c68a173fa7b0fa9da2f08b7f5b591', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0d856', table='editorial_corroborationpolicyevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='deskevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_d_pgh_pos_3a86c4_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deskevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='669e4bfa9fbd2875cbd3f3e5513f599841bc333a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e5f30', table='editorial_deskevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='exhibitevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_e_pgh_pos_d91f33_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exhibitevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1fe80ee95b83846a0c62b60a61eff58cc92138cf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fbe57', table='editorial_exhibitevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='gateoverrideevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_g_pgh_pos_c62687_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gateoverrideevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ce2c536a63106e6c6f2e9ddcc6ef540b948a4929', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e7c63', table='editorial_gateoverrideevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='membershipevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_m_pgh_pos_ad82cc_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='af6cb14f93e2bdb3219c5075b66ccf3b6425393a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b254f', table='editorial_membershipevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='policyriskevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_p_pgh_pos_5cc81d_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyriskevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a9efecbd36b8f7b5da6801756de1eb121b61dc7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d5a97', table='editorial_policyriskevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='policyrowevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_p_pgh_pos_9a37f1_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyrowevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab3ce4020f536f7c7e49caf5bc302a7e417acb25', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_02885', table='editorial_policyrowevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='userevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_u_pgh_pos_0eb57a_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1fcbbaccbba5b5ce0a262630aeb0c1b72d373ad7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65cd6', table='editorial_userevent', when='BEFORE')),
        ),
        *(_first_entries(table, columns) for table, columns in _NEWLY_TRACKED.items()),
        *(
            migrations.RunSQL(sql.create(name), f"ALTER FUNCTION {signature} SECURITY INVOKER RESET ALL")
            for name, signature in _OWNERS_FUNCTIONS.items()
        ),
        migrations.RunSQL(sql.create("context_is_final"), "DROP FUNCTION context_is_final CASCADE"),
        migrations.RunSQL(sql.create("show_to_own_desk"), "DROP FUNCTION show_to_own_desk"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='claim',
            name='log_change',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='log_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;\nPERFORM log_change('claim', ARRAY[COALESCE(NEW.id, OLD.id)]);\n\n    IF TG_OP = 'INSERT' THEN\n        PERFORM show_to_own_desk(NEW.id);\n    ELSIF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN\n        PERFORM refresh_claim_visibility(ARRAY[NEW.id]);\n    END IF;\n\nRETURN NULL;", hash='6469fccbac57ee149fbd6957615b3160844c756c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_log_change_154ae', table='editorial_claim', when='AFTER')),
        ),
    ]
