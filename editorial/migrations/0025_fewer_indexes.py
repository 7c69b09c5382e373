"""Drop indexes that nothing reads, and what made the jobs' keys unique twice (decision 0059)."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

LIVE = {"reviewtask": ("claim", "ended_by")}


class DropForeignKeyIndexes(Operation):
    """Drop the indexes of the history's foreign keys, except that of the row, and of the columns above.

    One operation, because `AlterField` would repeat the definitions of a hundred columns.
    """

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # or each column would build most models anew
        for model, name in _columns(app_label, state):
            field = state.models[app_label, model].fields[name].clone()
            field.db_index = False
            state.alter_field(app_label, model, name, field, preserve_default=True)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model, name in _columns(app_label, from_state):
            old, new = (state.apps.get_model(app_label, model) for state in (from_state, to_state))
            schema_editor.alter_field(old, old._meta.get_field(name), new._meta.get_field(name))

    database_backwards = database_forwards

    def describe(self) -> str:
        return "Drop indexes of foreign keys"


def _columns(app_label: str, state: Any) -> list[tuple[str, str]]:
    columns = [(model, name) for model, names in LIVE.items() for name in names]
    for (label, model), definition in state.models.items():
        if label == app_label and "pgh_context" in definition.fields:
            keys = [name for name, field in definition.fields.items() if isinstance(field, models.ForeignKey)]
            columns += [(model, name) for name in keys if name != "pgh_obj"]
    return columns


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0024_notification_bundles_and_duty_shifts'),
    ]

    operations = [
        DropForeignKeyIndexes(),
        *(
            migrations.AddIndex(model_name=f'{model}event', index=models.Index(fields=[column], name=name))
            for model, column, name in (
                ('adverseparty', 'claim', 'editorial_a_claim_i_e8f87b_idx'),
                ('carriedclaim', 'utterance', 'editorial_c_utteran_df3bad_idx'),
                ('compoundmember', 'compound', 'editorial_c_compoun_aa29e6_idx'),
                ('statement', 'claim', 'editorial_s_claim_i_333f74_idx'),
            )
        ),
        # Events of one transaction share a position, so the index stores it once for all of them.
        migrations.RemoveIndex(model_name='event', name='event_by_position'),
        migrations.AddIndex(model_name='event', index=models.Index(fields=['position'], name='event_by_position')),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name='change', name='change_by_object'),
                migrations.RemoveConstraint(model_name='change', name='change_once'),
                migrations.AddIndex(
                    model_name='change', index=models.Index(fields=['model', 'position'], name='change_by_model')
                ),
                migrations.AddConstraint(
                    model_name='change',
                    constraint=models.UniqueConstraint(fields=('object_id', 'position', 'model'), name='change_once'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    """
                    ALTER TABLE editorial_change DROP CONSTRAINT editorial_change_pkey, DROP CONSTRAINT change_once,
                        ADD CONSTRAINT change_once PRIMARY KEY (object_id, position, model);
                    DROP INDEX change_by_object;
                    CREATE INDEX change_by_model ON editorial_change (model, position);
                    """,
                    """
                    ALTER TABLE editorial_change DROP CONSTRAINT change_once,
                        ADD CONSTRAINT editorial_change_pkey PRIMARY KEY (id),
                        ADD CONSTRAINT change_once UNIQUE (model, position, object_id);
                    DROP INDEX change_by_model;
                    CREATE INDEX change_by_object ON editorial_change (object_id, position);
                    """,
                )
            ],
        ),
        # The previous version still writes the column; the next one can remove it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name='outboxmessage', name='dedupe_key')],
            database_operations=[
                migrations.RunSQL(
                    """
                    ALTER TABLE editorial_outboxmessage DROP CONSTRAINT editorial_outboxmessage_dedupe_key_key,
                        ALTER dedupe_key SET DEFAULT '';
                    DROP INDEX editorial_outboxmessage_dedupe_key_3ce94527_like;
                    """,
                    """
                    UPDATE editorial_outboxmessage SET dedupe_key = id WHERE dedupe_key = '';
                    ALTER TABLE editorial_outboxmessage ALTER dedupe_key DROP DEFAULT,
                        ADD CONSTRAINT editorial_outboxmessage_dedupe_key_key UNIQUE (dedupe_key);
                    CREATE INDEX editorial_outboxmessage_dedupe_key_3ce94527_like
                        ON editorial_outboxmessage (dedupe_key varchar_pattern_ops);
                    """,
                )
            ],
        ),
    ]
