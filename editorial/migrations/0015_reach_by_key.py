"""What a change reaches is found by keys: asked as one question with OR, PostgreSQL read every claim there is."""

from django.db import migrations

_DESKS = """
    CREATE OR REPLACE FUNCTION editorial_desks(claims uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
        SELECT ARRAY(
            SELECT desk_id FROM editorial_claim WHERE id = ANY(claims)
            UNION SELECT story.desk_id FROM editorial_story story
                JOIN editorial_claimuse used ON used.story_id = story.id
                WHERE used.claim_id = ANY(claims)
            UNION SELECT story.desk_id FROM editorial_story story
                JOIN editorial_claimuse used ON used.story_id = story.id
                JOIN editorial_claimpart part ON part.whole_id = used.claim_id
                WHERE part.part_id = ANY(claims))
    $$;
"""
_REACH = """
    CREATE OR REPLACE FUNCTION editorial_reach(claims uuid[], parted uuid[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE
        reached uuid[];
        said uuid[];
    BEGIN
        -- Whoever adds to a claim refers to it. Wait for them, so that what they add is reached, or comes after this.
        -- Parts are added under a lock of the whole, so those of a whole that is locked are all that there are.
        PERFORM 1 FROM editorial_claim WHERE id = ANY(claims) ORDER BY id FOR UPDATE;
        reached := ARRAY(SELECT unnest(claims)
            UNION SELECT part_id FROM editorial_claimpart WHERE whole_id = ANY(claims));
        PERFORM 1 FROM editorial_claim WHERE id = ANY(reached) ORDER BY id FOR UPDATE;
        said := ARRAY(SELECT id FROM editorial_statement WHERE claim_id = ANY(reached));
        PERFORM editorial_touch('claim', reached, parted);
        PERFORM editorial_touch('statement', said, parted);
        PERFORM editorial_touch('relay', ARRAY(SELECT id FROM editorial_relay WHERE derived_id = ANY(said)), parted);
        PERFORM editorial_touch('assessment',
            ARRAY(SELECT id FROM editorial_assessment WHERE claim_id = ANY(reached)), parted);
        PERFORM editorial_touch('reviewtask',
            ARRAY(SELECT id FROM editorial_reviewtask WHERE claim_id = ANY(reached)), parted);
        PERFORM editorial_touch('signoff',
            ARRAY(SELECT id FROM editorial_signoff WHERE claim_id = ANY(reached)), parted);
        PERFORM editorial_touch('replyrequest',
            ARRAY(SELECT request_id FROM editorial_replycover WHERE claim_id = ANY(reached)), parted);
        PERFORM editorial_touch('source',
            ARRAY(SELECT source_id FROM editorial_authorityover WHERE claim_id = ANY(reached)));
    END
    $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('editorial', '0014_imports'),
    ]

    operations = [
        migrations.RunSQL(_DESKS, migrations.RunSQL.noop),
        migrations.RunSQL(_REACH, migrations.RunSQL.noop),
    ]
