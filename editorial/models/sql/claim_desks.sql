-- Which desks see these claims: their own desk, and the desks of stories that use them or a compound of theirs.
-- One branch per join, because PostgreSQL scans every claim when they are combined with OR.
CREATE FUNCTION claim_desks(claims uuid[]) RETURNS TABLE (claim_id uuid, desk_id uuid) LANGUAGE sql STABLE AS $$
    SELECT claim.id, claim.desk_id FROM editorial_claim claim WHERE claim.id = ANY(claims)
    UNION SELECT claim_use.claim_id, story.desk_id FROM editorial_claimuse claim_use
        JOIN editorial_story story ON story.id = claim_use.story_id
        WHERE claim_use.claim_id = ANY(claims)
    UNION SELECT link.member_id, story.desk_id FROM editorial_compoundmember link
        JOIN editorial_claimuse claim_use ON claim_use.claim_id = link.compound_id
        JOIN editorial_story story ON story.id = claim_use.story_id
        WHERE link.member_id = ANY(claims)
$$;
