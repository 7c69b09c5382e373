"""Originals that are withdrawn, embargoes that cannot be read, days, and items that were left out."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0010_number_published_versions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='gateoverride',
            name='gateoverride_only_reply_codes',
        ),
        migrations.AddField(
            model_name='import',
            name='left_out',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Items of a feed that were left out, because it has newer ones.'),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='digests',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, db_default=[], default=list, editable=False, help_text='The digests of its earlier versions.', size=None),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='edition',
            field=models.CharField(blank=True, db_default='', default='', help_text="The outlet's number of this version.", max_length=100),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='embargo_as_stated',
            field=models.CharField(blank=True, db_default='', default='', help_text="The outlet's embargo, in its own words, if it cannot be read; it holds until somebody overrides it.", max_length=200),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='held_at',
            field=models.DateTimeField(blank=True, help_text='When its withdrawal or an embargo that cannot be read arrived. Earlier overrides do not cover it.', null=True),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='pub_status',
            field=models.CharField(choices=[('usable', 'Usable'), ('withheld', 'Withheld'), ('canceled', 'Canceled')], db_default='usable', default='usable', help_text='Whether its outlet lets it be used.', max_length=32),
        ),
        migrations.AddField(
            model_name='wireitem',
            name='published_on',
            field=models.DateField(blank=True, help_text='The day on which its outlet published it, if only the day is known.', null=True),
        ),
        migrations.AlterField(
            model_name='gateoverride',
            name='code',
            field=models.CharField(choices=[('E_RESTRICTED', 'E restricted'), ('E_EMBARGO', 'E embargo'), ('E_LEVEL', 'E level'), ('E_IDENTITY_UNKNOWN', 'E identity unknown'), ('E_REFUTED', 'E refuted'), ('E_WITHDRAWN', 'E withdrawn'), ('E_FALSE_DECLINE', 'E false decline'), ('E_FOUR_EYES', 'E four eyes'), ('E_SUPERSEDED', 'E superseded'), ('E_ASSERTED_UNVERIFIED', 'E asserted unverified'), ('E_ANON_OPINION', 'E anon opinion'), ('E_DEBUNK_NOT_REFUTED', 'E debunk not refuted'), ('E_NO_ORIGIN', 'E no origin'), ('E_SOURCE_COUNT', 'E source count'), ('E_REPLY_NOT_SENT', 'E reply not sent'), ('E_REPLY_PENDING', 'E reply pending'), ('E_REPLY_WINDOW', 'E reply window'), ('E_LEGAL', 'E legal'), ('E_SIGNOFF', 'E signoff'), ('C_ATTRIBUTE', 'C attribute'), ('C_NOT_VERIFIED', 'C not verified'), ('C_INCLUDE_DENIAL', 'C include denial'), ('C_LEAD_WITH_FACT', 'C lead with fact'), ('C_CONTEXT', 'C context'), ('C_ANON_EXPLAIN', 'C anon explain'), ('C_SAME_ORIGIN', 'C same origin'), ('C_DISCLOSE', 'C disclose'), ('C_REPLY_OUTCOME', 'C reply outcome'), ('E_WIRE_ITEM_WITHDRAWN', 'E wire item withdrawn'), ('E_EMBARGO_UNREADABLE', 'E embargo unreadable'), ('UNDER_EMBARGO', 'Under embargo')], max_length=32),
        ),
        migrations.AlterField(
            model_name='gateoverrideevent',
            name='code',
            field=models.CharField(choices=[('E_RESTRICTED', 'E restricted'), ('E_EMBARGO', 'E embargo'), ('E_LEVEL', 'E level'), ('E_IDENTITY_UNKNOWN', 'E identity unknown'), ('E_REFUTED', 'E refuted'), ('E_WITHDRAWN', 'E withdrawn'), ('E_FALSE_DECLINE', 'E false decline'), ('E_FOUR_EYES', 'E four eyes'), ('E_SUPERSEDED', 'E superseded'), ('E_ASSERTED_UNVERIFIED', 'E asserted unverified'), ('E_ANON_OPINION', 'E anon opinion'), ('E_DEBUNK_NOT_REFUTED', 'E debunk not refuted'), ('E_NO_ORIGIN', 'E no origin'), ('E_SOURCE_COUNT', 'E source count'), ('E_REPLY_NOT_SENT', 'E reply not sent'), ('E_REPLY_PENDING', 'E reply pending'), ('E_REPLY_WINDOW', 'E reply window'), ('E_LEGAL', 'E legal'), ('E_SIGNOFF', 'E signoff'), ('C_ATTRIBUTE', 'C attribute'), ('C_NOT_VERIFIED', 'C not verified'), ('C_INCLUDE_DENIAL', 'C include denial'), ('C_LEAD_WITH_FACT', 'C lead with fact'), ('C_CONTEXT', 'C context'), ('C_ANON_EXPLAIN', 'C anon explain'), ('C_SAME_ORIGIN', 'C same origin'), ('C_DISCLOSE', 'C disclose'), ('C_REPLY_OUTCOME', 'C reply outcome'), ('E_WIRE_ITEM_WITHDRAWN', 'E wire item withdrawn'), ('E_EMBARGO_UNREADABLE', 'E embargo unreadable'), ('UNDER_EMBARGO', 'Under embargo')], max_length=32),
        ),
        migrations.AddConstraint(
            model_name='gateoverride',
            constraint=models.CheckConstraint(condition=models.Q(('code__in', ['E_REPLY_PENDING', 'E_REPLY_WINDOW', 'E_WIRE_ITEM_WITHDRAWN', 'E_EMBARGO_UNREADABLE'])), name='gateoverride_only_overridable_codes'),
        ),
        migrations.AddConstraint(
            model_name='wireitem',
            constraint=models.CheckConstraint(condition=models.Q(('pub_status__in', ['usable', 'withheld', 'canceled'])), name='wireitem_pub_status_known'),
        ),
        migrations.AddConstraint(
            model_name='wireitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('embargo_as_stated', ''), ('held_at__isnull', True), ('pub_status', 'usable')), models.Q(('held_at__isnull', False), models.Q(('embargo_as_stated', ''), ('pub_status', 'usable'), _negated=True)), _connector='OR'), name='wireitem_held_since'),
        ),
        migrations.AddConstraint(
            model_name='wireitem',
            constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('published_on__isnull', True), _connector='OR'), name='wireitem_published_at_a_time_or_on_a_day'),
        ),
    ]
