-- Record that these objects look different, and that these desks may no longer see them (NULL: every desk).
-- Runs with its owner's rights: the application itself may only read the tables that it writes.
CREATE OR REPLACE FUNCTION log_change(model text, ids uuid[], losing_desks uuid[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO editorial_change (model, object_id)
        SELECT DISTINCT log_change.model, id FROM unnest(ids) AS id WHERE id IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO editorial_visibilityloss (model, object_id, desk)
        SELECT DISTINCT log_change.model, id, desk FROM unnest(ids) AS id, unnest(losing_desks) AS desk
        WHERE id IS NOT NULL ON CONFLICT DO NOTHING;
END
$$;
