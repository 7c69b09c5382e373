-- The desks that see at least one of these claims.
CREATE FUNCTION desks_of_claims(claims uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT DISTINCT desk_id FROM claim_desks(claims))
$$;
