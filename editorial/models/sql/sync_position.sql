-- Where the running transaction comes in the order of incremental sync: its id, plus the epoch, which counts up when a
-- backup is restored, because its positions were counted by another server's transactions.
CREATE SEQUENCE sync_epoch;

CREATE FUNCTION sync_position() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT pg_current_xact_id()::text::bigint + last_value FROM sync_epoch
$$;
