"""Comments, in threads, with every text they have had; a kind of notification for them."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.lookups
import editorial.models.base_fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from editorial.models import sql

# The function as it was, without comments.
_FORMER = """
-- Recompute which desks see these claims and what they contain, and record a change of everything that is seen through them.
-- Runs with its owner's rights: the application itself may only read the tables that it writes.
CREATE OR REPLACE FUNCTION refresh_claim_visibility(claims uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    affected uuid[];
    losing_desks uuid[];
    statements uuid[];
BEGIN
    -- A transaction that adds to a claim holds a reference to it. Wait for it, so that its row is found here, or
    -- comes after this. Members and carried claims are added under a lock of what contains them: once everything found is
    -- locked, nothing is missing.
    LOOP
        affected := ARRAY(SELECT contained_claims(claims));
        PERFORM 1 FROM editorial_claim WHERE id = ANY(affected) ORDER BY id FOR UPDATE;
        EXIT WHEN affected @> ARRAY(SELECT contained_claims(claims));
    END LOOP;

    WITH lost AS (
        DELETE FROM editorial_claimvisibility WHERE claim_id = ANY(affected) AND (claim_id, desk_id) NOT IN (
            SELECT * FROM claim_desks(affected))
        RETURNING desk_id)
    SELECT ARRAY(SELECT DISTINCT desk_id FROM lost) INTO losing_desks;
    INSERT INTO editorial_claimvisibility (claim_id, desk_id) SELECT * FROM claim_desks(affected)
        ON CONFLICT DO NOTHING;

    statements := ARRAY(SELECT id FROM editorial_statement WHERE claim_id = ANY(affected));
    PERFORM log_change('claim', affected, losing_desks);
    PERFORM log_change('statement', statements, losing_desks);
    PERFORM log_change('relay', ARRAY(SELECT id FROM editorial_relay WHERE derived_id = ANY(statements)), losing_desks);
    PERFORM log_change('assessment',
        ARRAY(SELECT id FROM editorial_assessment WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('reviewtask',
        ARRAY(SELECT id FROM editorial_reviewtask WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('signoff',
        ARRAY(SELECT id FROM editorial_signoff WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('replyrequest',
        ARRAY(SELECT request_id FROM editorial_replyrequestclaim WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('source',
        ARRAY(SELECT source_id FROM editorial_dispositiveevidence WHERE claim_id = ANY(affected)));
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0027_deliveries_on_record'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts revisions; an update names the revision it is based on.')),
                ('written_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(blank=True, help_text='When its text was last changed.', null=True)),
                ('resolved_at', models.DateTimeField(blank=True, help_text='When its thread was resolved.', null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='CommentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.base_fields.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts revisions; an update names the revision it is based on.')),
                ('written_at', models.DateTimeField()),
                ('edited_at', models.DateTimeField(blank=True, help_text='When its text was last changed.', null=True)),
                ('resolved_at', models.DateTimeField(blank=True, help_text='When its thread was resolved.', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CommentRevision',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(help_text='Numbers the texts of a comment from 1.')),
                ('text', models.TextField(help_text='The text.')),
                ('written_at', models.DateTimeField(help_text='When it was written.')),
                ('position', models.BigIntegerField(db_default=editorial.models.base_fields.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statement',
            name='log_change',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='log_change',
        ),
        migrations.RemoveConstraint(
            model_name='emailpreference',
            name='emailpreference_kind_known',
        ),
        migrations.AlterField(
            model_name='emailpreference',
            name='kind',
            field=models.CharField(choices=[('alert', 'Alerts about accounts, the vault and the installation'), ('owed', 'Remedies, missed deadlines and voided decisions'), ('work', 'Work waiting for you'), ('comment', 'Comments that mention you, and replies in your threads'), ('change', 'Changes that concern your work'), ('queue', 'New tasks that you may do')], max_length=32),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='log_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;\nPERFORM log_change('statement', ARRAY[COALESCE(NEW.id, OLD.id)]);\n\n    IF TG_OP = 'UPDATE' AND OLD.claim_id <> NEW.claim_id THEN\n        PERFORM log_change('statement', ARRAY[NEW.id], desks_of_claims(ARRAY[OLD.claim_id]));\n        PERFORM log_change('relay', ARRAY(SELECT id FROM editorial_relay WHERE derived_id = NEW.id),\n            desks_of_claims(ARRAY[OLD.claim_id]));\n        PERFORM log_change('comment', ARRAY(SELECT id FROM editorial_comment WHERE statement_id = NEW.id),\n            desks_of_claims(ARRAY[OLD.claim_id]));\n    END IF;\n\nRETURN NULL;", hash='82a69f5dee2dc4b0b86aa2611e774064dcb9c2ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_log_change_2e216', table='editorial_statement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='log_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;\nPERFORM log_change('story', ARRAY[COALESCE(NEW.id, OLD.id)]);\n\n    IF TG_OP = 'UPDATE' AND OLD.desk_id <> NEW.desk_id THEN\n        PERFORM 1 FROM editorial_story WHERE id = NEW.id FOR UPDATE;\n        PERFORM log_change('story', ARRAY[NEW.id], ARRAY[OLD.desk_id]);\n        PERFORM log_change('comment', ARRAY(SELECT id FROM editorial_comment WHERE story_id = NEW.id),\n            ARRAY[OLD.desk_id]);\n        PERFORM refresh_claim_visibility(ARRAY(SELECT claim_id FROM editorial_claimuse WHERE story_id = NEW.id));\n    END IF;\n\nRETURN NULL;", hash='5170613d89f652459f15c6a4d605aa45f11cf300', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_log_change_a2538', table='editorial_story', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='emailpreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['alert', 'owed', 'work', 'comment', 'change', 'queue'])), name='emailpreference_kind_known'),
        ),
        migrations.AddField(
            model_name='comment',
            name='claim',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The claim it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='comment',
            name='reply_to',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The comment that began the thread; null for that comment itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='editorial.comment'),
        ),
        migrations.AddField(
            model_name='comment',
            name='resolved_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='statement',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The statement it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='editorial.statement'),
        ),
        migrations.AddField(
            model_name='comment',
            name='story',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The story it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='editorial.story'),
        ),
        migrations.AddField(
            model_name='comment',
            name='task',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The review task it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='editorial.reviewtask'),
        ),
        migrations.AddField(
            model_name='comment',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='claim',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The claim it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.comment'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='reply_to',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The comment that began the thread; null for that comment itself.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.comment'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='resolved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='statement',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The statement it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.statement'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='story',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The story it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.story'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='task',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='The review task it is on; null if it is on something else.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.reviewtask'),
        ),
        migrations.AddField(
            model_name='commentevent',
            name='written_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='commentrevision',
            name='comment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='editorial.comment'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('claim__isnull', False)), fields=['claim', 'id'], name='comment_on_claim'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('statement__isnull', False)), fields=['statement', 'id'], name='comment_on_statement'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('story__isnull', False)), fields=['story', 'id'], name='comment_on_story'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('task__isnull', False)), fields=['task', 'id'], name='comment_on_task'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('reply_to__isnull', False)), fields=['reply_to', 'id'], name='comment_reply'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('reply_to', None), ('resolved_at', None)), fields=['id'], name='comment_open'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['id'], name='comment_resolved'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func('claim_id', 'statement_id', 'story_id', 'task_id', function='num_nonnulls', output_field=models.IntegerField()), 1), name='comment_on_one_object', violation_error_message='A comment is on one claim, one statement, one story or one task.'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at', None), ('resolved_by', None)), models.Q(('reply_to', None), ('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_by_somebody', violation_error_message='Only the comment that began a thread is resolved, by somebody.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='comment_reply_within_thread', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.reply_to_id IS NOT NULL AND NOT EXISTS (\n        SELECT 1 FROM editorial_comment first WHERE first.id = NEW.reply_to_id AND first.reply_to_id IS NULL\n        AND (first.claim_id, first.statement_id, first.story_id, first.task_id)\n            IS NOT DISTINCT FROM (NEW.claim_id, NEW.statement_id, NEW.story_id, NEW.task_id)) THEN\n        RAISE EXCEPTION 'a reply belongs to a comment on the same object that is not itself a reply'\n            USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='25ad9d614b4248e18a26bceb9da1ae201fb3bcda', operation='INSERT', pgid='pgtrigger_comment_reply_within_thread_49adb', table='editorial_comment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='comment_stays_where_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."claim_id" IS DISTINCT FROM (NEW."claim_id") OR OLD."statement_id" IS DISTINCT FROM (NEW."statement_id") OR OLD."story_id" IS DISTINCT FROM (NEW."story_id") OR OLD."task_id" IS DISTINCT FROM (NEW."task_id") OR OLD."reply_to_id" IS DISTINCT FROM (NEW."reply_to_id") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2aa95c89eeb042484859a5a331f8a560797bcdf0', operation='UPDATE', pgid='pgtrigger_comment_stays_where_it_is_ea545', table='editorial_comment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_commentevent" ("claim_id", "edited_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_to_id", "resolved_at", "resolved_by_id", "statement_id", "story_id", "task_id", "version", "written_at", "written_by_id") VALUES (NEW."claim_id", NEW."edited_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reply_to_id", NEW."resolved_at", NEW."resolved_by_id", NEW."statement_id", NEW."story_id", NEW."task_id", NEW."version", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='c0b778024aebe94a1244a4c25243cff6e7c597fe', operation='INSERT', pgid='pgtrigger_insert_insert_9481b', table='editorial_comment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_commentevent" ("claim_id", "edited_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_to_id", "resolved_at", "resolved_by_id", "statement_id", "story_id", "task_id", "version", "written_at", "written_by_id") VALUES (NEW."claim_id", NEW."edited_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reply_to_id", NEW."resolved_at", NEW."resolved_by_id", NEW."statement_id", NEW."story_id", NEW."task_id", NEW."version", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='fd26162e9fcf5d5ce677fc33888d4c9b32f685fe', operation='UPDATE', pgid='pgtrigger_update_update_37b3b', table='editorial_comment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_commentevent" ("claim_id", "edited_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_to_id", "resolved_at", "resolved_by_id", "statement_id", "story_id", "task_id", "version", "written_at", "written_by_id") VALUES (OLD."claim_id", OLD."edited_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reply_to_id", OLD."resolved_at", OLD."resolved_by_id", OLD."statement_id", OLD."story_id", OLD."task_id", OLD."version", OLD."written_at", OLD."written_by_id"); RETURN NULL;', hash='ef00628742e91f7c9fb08bec210f662d56234427', operation='DELETE', pgid='pgtrigger_delete_delete_52acf', table='editorial_comment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='log_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;\n\n    IF TG_OP = 'INSERT' THEN\n        PERFORM 1 FROM editorial_story WHERE id = NEW.story_id FOR KEY SHARE;\n        PERFORM 1 FROM editorial_claim WHERE id IN (\n            SELECT NEW.claim_id UNION SELECT claim_id FROM editorial_statement WHERE id = NEW.statement_id\n            UNION SELECT claim_id FROM editorial_reviewtask WHERE id = NEW.task_id) FOR KEY SHARE;\n    END IF;\n\nPERFORM log_change('comment', ARRAY[COALESCE(NEW.id, OLD.id)]);\nRETURN NULL;", hash='f6a9cc5f2c855b77947978a26263b7f42ecd3c06', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_log_change_67653', table='editorial_comment', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='commentevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_127044_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e4efe8cda6d883594dabb2516370b5610f27da85', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f7864', table='editorial_commentevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='commentrevision',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['position'], name='editorial_c_positio_f2826c_brin'),
        ),
        migrations.AddConstraint(
            model_name='commentrevision',
            constraint=models.UniqueConstraint(fields=('comment', 'number'), name='commentrevision_once'),
        ),
        migrations.AddConstraint(
            model_name='commentrevision',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='commentrevision_not_empty'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commentrevision',
            trigger=pgtrigger.compiler.Trigger(name='commentrevision_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='32f14b1f7518227c539ef35da5f6faef113d88bc', operation='UPDATE OR DELETE', pgid='pgtrigger_commentrevision_append_only_c54c3', table='editorial_commentrevision', when='BEFORE')),
        ),
        migrations.RunSQL(sql.create("refresh_claim_visibility"), _FORMER),
    ]
