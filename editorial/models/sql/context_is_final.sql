-- The context of a history entry (who acted, by which action) changes only within the transaction that began it:
-- an action may call another. Afterwards it is as final as the entry.
CREATE FUNCTION context_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.created_at IS DISTINCT FROM now() THEN
        RAISE EXCEPTION 'Cannot update or delete rows from % table', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER context_is_final BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION context_is_final();
