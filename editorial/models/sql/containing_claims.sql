-- Each of these claims with every claim that contains it: itself, its compounds, and the utterances that carry it, at any
-- depth. The converse of contained_claims.
CREATE OR REPLACE FUNCTION containing_claims(claims uuid[]) RETURNS TABLE (claim_id uuid, container_id uuid)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE containing(claim_id, container_id) AS (
        SELECT id, id FROM unnest(claims) id WHERE id IS NOT NULL
        UNION SELECT containing.claim_id, link.id FROM containing CROSS JOIN LATERAL (
            SELECT compound_id FROM editorial_compoundmember WHERE member_id = containing.container_id
            UNION ALL SELECT utterance_id FROM editorial_carriedclaim WHERE carried_id = containing.container_id
            ) link(id))
    SELECT containing.claim_id, containing.container_id FROM containing
$$;
