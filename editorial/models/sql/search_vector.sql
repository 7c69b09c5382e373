-- The words of a text, stemmed and without accents; those of the title weigh more. A long body counts with its beginning,
-- because a vector holds a megabyte at most.
CREATE OR REPLACE FUNCTION search_vector(title text, body text) RETURNS tsvector
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT setweight(to_tsvector('newsroom', title), 'A') || setweight(to_tsvector('newsroom', left(body, 100000)), 'B')
$$;
