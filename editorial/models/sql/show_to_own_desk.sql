-- A new claim is seen by its own desk. Runs with its owner's rights, like every function that writes what desks see.
CREATE FUNCTION show_to_own_desk(claim uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO editorial_claimvisibility (claim_id, desk_id) SELECT id, desk_id FROM editorial_claim WHERE id = claim
        ON CONFLICT DO NOTHING
$$;
