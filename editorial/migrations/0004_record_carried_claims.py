"""The claims that an utterance carries, and who sees them."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import editorial.models.base_fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models

from editorial.models import sql

# The functions as they were, without carried claims.
_FORMER = {
    "claim_desks": """
CREATE OR REPLACE FUNCTION claim_desks(claims uuid[]) RETURNS TABLE (claim_id uuid, desk_id uuid) LANGUAGE sql STABLE AS $$
    SELECT claim.id, claim.desk_id FROM editorial_claim claim WHERE claim.id = ANY(claims)
    UNION SELECT claim_use.claim_id, story.desk_id FROM editorial_claimuse claim_use
        JOIN editorial_story story ON story.id = claim_use.story_id
        WHERE claim_use.claim_id = ANY(claims)
    UNION SELECT link.member_id, story.desk_id FROM editorial_compoundmember link
        JOIN editorial_claimuse claim_use ON claim_use.claim_id = link.compound_id
        JOIN editorial_story story ON story.id = claim_use.story_id
        WHERE link.member_id = ANY(claims)
$$;
""",
    "refresh_claim_visibility": """
CREATE OR REPLACE FUNCTION refresh_claim_visibility(claims uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    affected uuid[];
    losing_desks uuid[];
    statements uuid[];
BEGIN
    -- A transaction that adds to a claim holds a reference to it. Wait for it, so that its row is found here, or
    -- comes after this. Parts are added under a lock of the compound, so a locked compound has all its parts.
    PERFORM 1 FROM editorial_claim WHERE id = ANY(claims) ORDER BY id FOR UPDATE;
    affected := ARRAY(SELECT unnest(claims)
        UNION SELECT member_id FROM editorial_compoundmember WHERE compound_id = ANY(claims));
    PERFORM 1 FROM editorial_claim WHERE id = ANY(affected) ORDER BY id FOR UPDATE;

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
""",
}


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0003_default_policy'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarriedClaim',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='CarriedClaimEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_position', models.BigIntegerField(db_default=editorial.models.base_fields.SyncPosition(), editable=False, help_text='Position of the transaction (decision 0024).', null=True)),
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, serialize=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='claim_kind_carries', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.kind <> 'utterance' AND EXISTS (SELECT 1 FROM editorial_carriedclaim WHERE utterance_id = NEW.id) THEN\n        RAISE EXCEPTION 'only an utterance carries claims' USING ERRCODE = 'check_violation';\n    END IF;\n    IF NEW.kind = 'utterance' AND EXISTS (SELECT 1 FROM editorial_carriedclaim WHERE carried_id = NEW.id) THEN\n        RAISE EXCEPTION 'an utterance cannot be carried' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='d8960dbcc8a095a532e67b77d2454d85d4c0a747', operation='UPDATE OF "kind"', pgid='pgtrigger_claim_kind_carries_01289', table='editorial_claim', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='carriedclaim',
            name='carried',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_links', to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='carriedclaim',
            name='utterance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='carried_links', to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='claim',
            name='carries',
            field=models.ManyToManyField(related_name='carried_by', through='editorial.CarriedClaim', through_fields=('utterance', 'carried'), to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='carriedclaimevent',
            name='carried',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.claim'),
        ),
        migrations.AddField(
            model_name='carriedclaimevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='carriedclaimevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='editorial.carriedclaim'),
        ),
        migrations.AddField(
            model_name='carriedclaimevent',
            name='utterance',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='editorial.claim'),
        ),
        migrations.AddConstraint(
            model_name='carriedclaim',
            constraint=models.UniqueConstraint(fields=('utterance', 'carried'), name='carriedclaim_once'),
        ),
        migrations.AddConstraint(
            model_name='carriedclaim',
            constraint=models.CheckConstraint(condition=models.Q(('utterance', models.F('carried')), _negated=True), name='carriedclaim_not_itself'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaim',
            trigger=pgtrigger.compiler.Trigger(name='carriedclaim_valid', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    PERFORM 1 FROM editorial_claim WHERE id IN (NEW.utterance_id, NEW.carried_id) ORDER BY id FOR UPDATE;\n    IF (SELECT kind FROM editorial_claim WHERE id = NEW.utterance_id) <> 'utterance' THEN\n        RAISE EXCEPTION 'only an utterance carries claims' USING ERRCODE = 'check_violation';\n    END IF;\n    IF (SELECT kind FROM editorial_claim WHERE id = NEW.carried_id) = 'utterance' THEN\n        RAISE EXCEPTION 'an utterance cannot be carried' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='9996e4507fa356a547fb52f648a9166a3fb73911', operation='INSERT OR UPDATE', pgid='pgtrigger_carriedclaim_valid_89730', table='editorial_carriedclaim', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaim',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_carriedclaimevent" ("carried_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "utterance_id") VALUES (NEW."carried_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."utterance_id"); RETURN NULL;', hash='6b5cc494557f7147912aa2cd5d876116db335518', operation='INSERT', pgid='pgtrigger_insert_insert_7a199', table='editorial_carriedclaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaim',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "editorial_carriedclaimevent" ("carried_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "utterance_id") VALUES (NEW."carried_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."utterance_id"); RETURN NULL;', hash='e93a568fe687e3a6b741919abc1793acd1169caa', operation='UPDATE', pgid='pgtrigger_update_update_2047f', table='editorial_carriedclaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaim',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "editorial_carriedclaimevent" ("carried_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "utterance_id") VALUES (OLD."carried_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."utterance_id"); RETURN NULL;', hash='88e5b95e5f6fddb495ad14a3e9c6f04211b5e481', operation='DELETE', pgid='pgtrigger_delete_delete_28a82', table='editorial_carriedclaim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaim',
            trigger=pgtrigger.compiler.Trigger(name='log_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;\nPERFORM log_change('claim', ARRAY[OLD.utterance_id, NEW.utterance_id]);\n\n    PERFORM 1 FROM editorial_claim WHERE id IN (OLD.utterance_id, NEW.utterance_id) ORDER BY id FOR KEY SHARE;\n    PERFORM refresh_claim_visibility(ARRAY[OLD.carried_id, NEW.carried_id]);\n\nRETURN NULL;", hash='fd750acfa0d2fc280e5765b2415abcbfca206726', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_log_change_255f5', table='editorial_carriedclaim', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='carriedclaimevent',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['pgh_position'], name='editorial_c_pgh_pos_f5bfb6_brin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='carriedclaimevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fc82dbb0bdacbc25539ab2fedf7fddef0a742fdc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2093a', table='editorial_carriedclaimevent', when='BEFORE')),
        ),
        *(
            migrations.RunSQL(sql.create(name), f"DROP FUNCTION {name};")
            for name in ("contained_claims", "containing_claims")
        ),
        *(migrations.RunSQL(sql.create(name), former) for name, former in _FORMER.items()),
    ]
