"""The default policy becomes version 1, so that there is always one in force."""

from datetime import UTC, datetime

from django.db import migrations

from editorial.policy.verification import thresholds


def adopt(apps, _schema_editor):
    """Write the default policy as rows."""
    policy = apps.get_model("editorial", "CorroborationPolicy").objects.create(
        version=1,
        name="Default policy",
        in_force_at=datetime(2000, 1, 1, tzinfo=UTC),
        note="Ships with the product: docs/reference/verification.md, section 2.",
    )
    for risk, rules in thresholds.default_policy().rules.items():
        apps.get_model("editorial", "PolicyRisk").objects.create(
            policy=policy,
            risk=risk.value,
            reply_hours=rules.reply_hours,
            legal_read=rules.legal_read,
            standards_read=rules.standards_read,
            review_hours=rules.review_hours,
        )
        for position, row in enumerate(rules.rows, start=1):
            apps.get_model("editorial", "PolicyRow").objects.create(
                policy=policy,
                risk=risk.value,
                position=position,
                groups=row.groups,
                first_hand=row.first_hand,
                named=row.named,
                disinterested=row.disinterested,
                rated=row.rated,
            )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("editorial", "0002_sql_functions")]
    operations = [migrations.RunPython(adopt, migrations.RunPython.noop)]
