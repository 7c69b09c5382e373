-- Write the search documents of these rows from their texts (`search_documents`).
-- Runs with its owner's rights: the application itself may only read the tables that it writes.
CREATE OR REPLACE FUNCTION refresh_search_documents(kind text, ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    CASE kind
    WHEN 'story' THEN
        INSERT INTO editorial_storysearchdocument (story_id, vector) SELECT * FROM search_documents(kind, ids)
            ON CONFLICT (story_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'claim' THEN
        INSERT INTO editorial_claimsearchdocument (claim_id, vector) SELECT * FROM search_documents(kind, ids)
            ON CONFLICT (claim_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'statement' THEN
        DELETE FROM editorial_statementsearchdocument WHERE statement_id = ANY(ids)
            AND EXISTS (SELECT 1 FROM editorial_statement WHERE id = statement_id AND quote = '');
        INSERT INTO editorial_statementsearchdocument (statement_id, vector) SELECT * FROM search_documents(kind, ids)
            ON CONFLICT (statement_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'source' THEN
        INSERT INTO editorial_sourcesearchdocument (source_id, vector) SELECT * FROM search_documents(kind, ids)
            ON CONFLICT (source_id) DO UPDATE SET vector = EXCLUDED.vector;
    WHEN 'exhibit' THEN
        INSERT INTO editorial_exhibitsearchdocument (exhibit_id, vector) SELECT * FROM search_documents(kind, ids)
            ON CONFLICT (exhibit_id) DO UPDATE SET vector = EXCLUDED.vector;
    END CASE;
END
$$;
