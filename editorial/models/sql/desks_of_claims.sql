-- The desks that see at least one of these claims.
CREATE FUNCTION desks_of_claims(claims uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT desk_id FROM editorial_claim WHERE id = ANY(claims)
        UNION SELECT story.desk_id FROM editorial_story story
            JOIN editorial_claimuse claim_use ON claim_use.story_id = story.id
            WHERE claim_use.claim_id = ANY(claims)
        UNION SELECT story.desk_id FROM editorial_story story
            JOIN editorial_claimuse claim_use ON claim_use.story_id = story.id
            JOIN editorial_compoundmember link ON link.compound_id = claim_use.claim_id
            WHERE link.member_id = ANY(claims))
$$;
