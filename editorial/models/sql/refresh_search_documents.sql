-- Write the search documents of these rows from their texts. A row without words has none.
-- Runs with its owner's rights: the application itself may only read the tables that it writes.
CREATE OR REPLACE FUNCTION refresh_search_documents(kind text, ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CASE kind
    WHEN 'story' THEN
        INSERT INTO editorial_storysearchdocument (story_id, vector)
            SELECT story.id, search_vector(story.headline, COALESCE(current.body, ''))
            FROM editorial_story story LEFT JOIN LATERAL (
                SELECT body FROM editorial_storyrevision WHERE story_id = story.id ORDER BY number DESC LIMIT 1
                ) current ON true
            WHERE story.id = ANY(ids)
            ON CONFLICT (story_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'claim' THEN
        INSERT INTO editorial_claimsearchdocument (claim_id, vector)
            SELECT id, search_vector(text, '') FROM editorial_claim WHERE id = ANY(ids)
            ON CONFLICT (claim_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'statement' THEN
        DELETE FROM editorial_statementsearchdocument WHERE statement_id = ANY(ids)
            AND EXISTS (SELECT 1 FROM editorial_statement WHERE id = statement_id AND quote = '');
        INSERT INTO editorial_statementsearchdocument (statement_id, vector)
            SELECT id, search_vector('', quote) FROM editorial_statement WHERE id = ANY(ids) AND quote <> ''
            ON CONFLICT (statement_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'source' THEN
        INSERT INTO editorial_sourcesearchdocument (source_id, vector)
            SELECT id, search_vector(name, description) FROM editorial_source WHERE id = ANY(ids)
            ON CONFLICT (source_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'exhibit' THEN
        INSERT INTO editorial_exhibitsearchdocument (exhibit_id, vector)
            SELECT id, search_vector(title, concat_ws(' ', url, text)) FROM editorial_exhibit WHERE id = ANY(ids)
            ON CONFLICT (exhibit_id) DO UPDATE SET vector = EXCLUDED.vector;
    END CASE;
END
$$;
