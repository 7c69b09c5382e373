-- Which desks see these claims: the desk of each claim that contains them (containing_claims), themselves included, and
-- the desks of stories that use one of those.
-- One branch per join, because PostgreSQL scans every claim when they are combined with OR.
CREATE OR REPLACE FUNCTION claim_desks(claims uuid[]) RETURNS TABLE (claim_id uuid, desk_id uuid)
LANGUAGE sql STABLE AS $$
    SELECT containing.claim_id, claim.desk_id FROM containing_claims(claims) containing
        JOIN editorial_claim claim ON claim.id = containing.container_id
    UNION SELECT containing.claim_id, story.desk_id FROM containing_claims(claims) containing
        JOIN editorial_claimuse claim_use ON claim_use.claim_id = containing.container_id
        JOIN editorial_story story ON story.id = claim_use.story_id
$$;
