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
    PERFORM log_change('comment', ARRAY(
        SELECT id FROM editorial_comment WHERE claim_id = ANY(affected)
        UNION ALL SELECT id FROM editorial_comment WHERE statement_id = ANY(statements)
        UNION ALL SELECT id FROM editorial_comment WHERE task_id IN (
            SELECT id FROM editorial_reviewtask WHERE claim_id = ANY(affected))), losing_desks);
    PERFORM log_change('signoff',
        ARRAY(SELECT id FROM editorial_signoff WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('replyrequest',
        ARRAY(SELECT request_id FROM editorial_replyrequestclaim WHERE claim_id = ANY(affected)), losing_desks);
    PERFORM log_change('source',
        ARRAY(SELECT source_id FROM editorial_dispositiveevidence WHERE claim_id = ANY(affected)));
END
$$;
