-- What the search documents of these rows should be, from their texts. A row without words has none.
CREATE OR REPLACE FUNCTION search_documents(kind text, ids uuid[]) RETURNS TABLE (id uuid, vector tsvector)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    CASE kind
    WHEN 'story' THEN
        RETURN QUERY SELECT story.id, search_vector(story.headline, COALESCE(current.body, ''))
            FROM editorial_story story LEFT JOIN LATERAL (
                SELECT body FROM editorial_storyrevision WHERE story_id = story.id ORDER BY number DESC LIMIT 1
                ) current ON true
            WHERE story.id = ANY(ids);
    WHEN 'claim' THEN
        RETURN QUERY SELECT claim.id, search_vector(text, '') FROM editorial_claim claim WHERE claim.id = ANY(ids);
    WHEN 'statement' THEN
        RETURN QUERY SELECT statement.id, search_vector('', quote)
            FROM editorial_statement statement WHERE statement.id = ANY(ids) AND quote <> '';
    WHEN 'source' THEN
        RETURN QUERY SELECT source.id, search_vector(name, description)
            FROM editorial_source source WHERE source.id = ANY(ids);
    WHEN 'exhibit' THEN
        RETURN QUERY SELECT exhibit.id, search_vector(title, concat_ws(' ', url, text))
            FROM editorial_exhibit exhibit WHERE exhibit.id = ANY(ids);
    END CASE;
END
$$;
