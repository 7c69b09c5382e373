"""Note unnamed respondents and what a planned correction was compared with; keep notes out of the row history."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# The new trigger notes unnamed respondents of the past, too. Requests are few, so one statement fills the table.
_UNNAMED = "UPDATE editorial_replyrequest SET respondent_key = respondent_key WHERE respondent_key <> ''"


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0014_formats_that_state_restrictions'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='replyrequest',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='replyrequest',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='replyrequest',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='delete_delete',
        ),
        # No longer written. The column goes with the next version: the one before this may still be running.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='storyevent', name='correction_text')],
        ),
        migrations.AddField(
            model_name='replyrequest',
            name='respondent_unnamed',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='An unnamed source, or somebody given by name for the token only, has replied.'),
        ),
        migrations.AddField(
            model_name='replyrequestevent',
            name='respondent_unnamed',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='An unnamed source, or somebody given by name for the token only, has replied.'),
        ),
        migrations.AddField(
            model_name='story',
            name='correction_sources',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=None, editable=False, help_text='The unnamed sources that its claims concerned when the note was compared with their names. Null: they were not noted.', null=True, size=None),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='replyrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_replyrequestevent" ("answered_at", "channel", "deadline_at", "deadline_passed_at", "id", "no_statement_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "respondent_key", "respondent_unnamed", "sent_at", "sent_by_id", "specific", "to_id") VALUES (NEW."answered_at", NEW."channel", NEW."deadline_at", NEW."deadline_passed_at", NEW."id", NEW."no_statement_reason", NEW."outcome", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."reason", NEW."respondent_key", NEW."respondent_unnamed", NEW."sent_at", NEW."sent_by_id", NEW."specific", NEW."to_id"); RETURN NULL;', hash='7747a5c6bdfcbdcf31a9909a0ad62163376c4df1', operation='INSERT', pgid='pgtrigger_insert_insert_34552', table='editorial_replyrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='replyrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_replyrequestevent" ("answered_at", "channel", "deadline_at", "deadline_passed_at", "id", "no_statement_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "respondent_key", "respondent_unnamed", "sent_at", "sent_by_id", "specific", "to_id") VALUES (NEW."answered_at", NEW."channel", NEW."deadline_at", NEW."deadline_passed_at", NEW."id", NEW."no_statement_reason", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."reason", NEW."respondent_key", NEW."respondent_unnamed", NEW."sent_at", NEW."sent_by_id", NEW."specific", NEW."to_id"); RETURN NULL;', hash='6945de6d4326ac881c29c7f7a821aafaf1b5e5c5', operation='UPDATE', pgid='pgtrigger_update_update_1c12b', table='editorial_replyrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='replyrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_replyrequestevent" ("answered_at", "channel", "deadline_at", "deadline_passed_at", "id", "no_statement_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reason", "respondent_key", "respondent_unnamed", "sent_at", "sent_by_id", "specific", "to_id") VALUES (OLD."answered_at", OLD."channel", OLD."deadline_at", OLD."deadline_passed_at", OLD."id", OLD."no_statement_reason", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question", OLD."reason", OLD."respondent_key", OLD."respondent_unnamed", OLD."sent_at", OLD."sent_by_id", OLD."specific", OLD."to_id"); RETURN NULL;', hash='5ee16782ad352cce146080746d03db75bd466c9c', operation='DELETE', pgid='pgtrigger_delete_delete_a5148', table='editorial_replyrequest', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='3dc5c70879a5be9309d1faf1f8e78e40a2e5712f', operation='INSERT', pgid='pgtrigger_insert_insert_9b29b', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cleared_at" IS DISTINCT FROM (NEW."cleared_at") OR OLD."cleared_by_id" IS DISTINCT FROM (NEW."cleared_by_id") OR OLD."correction_at" IS DISTINCT FROM (NEW."correction_at") OR OLD."correction_by_id" IS DISTINCT FROM (NEW."correction_by_id") OR OLD."desk_id" IS DISTINCT FROM (NEW."desk_id") OR OLD."gate" IS DISTINCT FROM (NEW."gate") OR OLD."headline" IS DISTINCT FROM (NEW."headline") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_published_at" IS DISTINCT FROM (NEW."last_published_at") OR OLD."pitched_at" IS DISTINCT FROM (NEW."pitched_at") OR OLD."pitched_by_id" IS DISTINCT FROM (NEW."pitched_by_id") OR OLD."planned_at" IS DISTINCT FROM (NEW."planned_at") OR OLD."publish_at" IS DISTINCT FROM (NEW."publish_at") OR OLD."publish_time_zone" IS DISTINCT FROM (NEW."publish_time_zone") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_revision_id" IS DISTINCT FROM (NEW."published_revision_id") OR OLD."published_version" IS DISTINCT FROM (NEW."published_version") OR OLD."published_version_at" IS DISTINCT FROM (NEW."published_version_at") OR OLD."remedy" IS DISTINCT FROM (NEW."remedy") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."correction_at", NEW."correction_by_id", NEW."desk_id", NEW."gate", NEW."headline", NEW."id", NEW."last_published_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pitched_at", NEW."pitched_by_id", NEW."planned_at", NEW."publish_at", NEW."publish_time_zone", NEW."published_at", NEW."published_revision_id", NEW."published_version", NEW."published_version_at", NEW."remedy", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='86eaf59c0dc3d358103ad75550e069a0c3ff573d', operation='UPDATE', pgid='pgtrigger_update_update_48c9e', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_storyevent" ("cleared_at", "cleared_by_id", "correction_at", "correction_by_id", "desk_id", "gate", "headline", "id", "last_published_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pitched_at", "pitched_by_id", "planned_at", "publish_at", "publish_time_zone", "published_at", "published_revision_id", "published_version", "published_version_at", "remedy", "status", "submitted_at", "version") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."correction_at", OLD."correction_by_id", OLD."desk_id", OLD."gate", OLD."headline", OLD."id", OLD."last_published_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pitched_at", OLD."pitched_by_id", OLD."planned_at", OLD."publish_at", OLD."publish_time_zone", OLD."published_at", OLD."published_revision_id", OLD."published_version", OLD."published_version_at", OLD."remedy", OLD."status", OLD."submitted_at", OLD."version"); RETURN NULL;', hash='c75f1af73cff4e3f65bcd61267ae497916b9ad16', operation='DELETE', pgid='pgtrigger_delete_delete_7f0a8', table='editorial_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='replyrequest',
            trigger=pgtrigger.compiler.Trigger(name='replyrequest_unnamed_respondent', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    NEW.respondent_unnamed = NEW.respondent_unnamed OR length(NEW.respondent_key) = 64 OR EXISTS (\n        SELECT FROM editorial_source\n        WHERE unnamed AND id = CASE WHEN length(NEW.respondent_key) = 36 THEN NEW.respondent_key::uuid END);\n    RETURN NEW;\n', hash='26f62c6892ea545bae62641bb748a20e7e217f28', operation='INSERT OR UPDATE OF "respondent_key"', pgid='pgtrigger_replyrequest_unnamed_respondent_dd2be', table='editorial_replyrequest', when='BEFORE')),
        ),
        migrations.RunSQL(_UNNAMED, migrations.RunSQL.noop),
    ]
