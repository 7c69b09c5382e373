-- What these claims contain: themselves, the parts of compounds, and what utterances carry, at any depth. A story that
-- uses a claim uses these with it.
CREATE OR REPLACE FUNCTION contained_claims(claims uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE contained(id) AS (
        SELECT id FROM unnest(claims) id WHERE id IS NOT NULL
        UNION SELECT link.id FROM contained CROSS JOIN LATERAL (
            SELECT member_id FROM editorial_compoundmember WHERE compound_id = contained.id
            UNION ALL SELECT carried_id FROM editorial_carriedclaim WHERE utterance_id = contained.id) link(id))
    SELECT id FROM contained
$$;
