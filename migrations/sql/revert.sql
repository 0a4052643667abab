-- A past state comes into force again, whole, under the next number.
--
-- Every state was proven as a whole when it came into force, so nothing is proven again. What is as it was then stays as
-- it is; only what differs gets a new row.

CREATE OR REPLACE FUNCTION restore_rows(p_table text, p_key text, p_number bigint, n bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
-- Closes the rows in force that are not as they were at a number and opens those of then; how many were closed or opened.
DECLARE
  columns text;
  own text;
  past text;
  closed bigint;
  opened bigint;
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(format(CASE WHEN shape THEN 'ST_AsBinary(o.%I)' ELSE 'o.%I' END, attname), ', ' ORDER BY attnum),
         string_agg(format(CASE WHEN shape THEN 'ST_AsBinary(t.%I)' ELSE 't.%I' END, attname), ', ' ORDER BY attnum)
  INTO columns, own, past
  FROM (SELECT attname, attnum, atttypid = 'geometry'::regtype AS shape FROM pg_attribute
        WHERE attrelid = p_table::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('row', 'numbers')) AS a;
  EXECUTE format(
    'UPDATE %1$I AS o SET numbers = int8range(lower(o.numbers), $2)
      WHERE in_force(o.numbers) AND NOT EXISTS (
        SELECT FROM %1$I AS t WHERE t.%2$I = o.%2$I AND t.numbers @> $1
           AND (t.row = o.row OR ROW(%3$s) IS NOT DISTINCT FROM ROW(%4$s)))', p_table, p_key, own, past)
    USING p_number, n;
  GET DIAGNOSTICS closed = ROW_COUNT;
  EXECUTE format(
    'INSERT INTO %1$I (numbers, %3$s)
     SELECT int8range($2, NULL), %3$s FROM %1$I AS t
      WHERE t.numbers @> $1
        AND NOT EXISTS (SELECT FROM %1$I AS o WHERE o.%2$I = t.%2$I AND in_force(o.numbers))', p_table, p_key, columns)
    USING p_number, n;
  GET DIAGNOSTICS opened = ROW_COUNT;
  RETURN closed + opened;
END
$$;

CREATE OR REPLACE FUNCTION is_same_edition(one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT one = other
      OR (SELECT (a.standing, ST_AsBinary(a.boundary)) = (b.standing, ST_AsBinary(b.boundary))
          FROM edition AS a, edition AS b WHERE a.id = one AND b.id = other)
     AND NOT EXISTS (
       SELECT FROM (SELECT id, name, kind, ST_AsBinary(shape) AS shape FROM grid WHERE edition = one) AS a
       FULL JOIN (SELECT id, name, kind, ST_AsBinary(shape) AS shape FROM grid WHERE edition = other) AS b
       USING (id, name, kind, shape) WHERE a.shape IS NULL OR b.shape IS NULL)
$$;

CREATE OR REPLACE FUNCTION restore_ground(p_number bigint, n bigint) RETURNS bigint[]
LANGUAGE plpgsql AS $$
-- The editions of then come into force where another one is, or none; returns the new ones. A region that had none loses
-- its own.
DECLARE
  faulty text[];
  staged bigint[];
BEGIN
  CREATE TEMP TABLE differing ON COMMIT DROP AS
  SELECT region, t.id AS past, o.id AS own, coalesce(t.intent = o.intent, false) AS nodes, t.standing
  FROM (SELECT * FROM edition WHERE numbers @> p_number) AS t
  FULL JOIN (SELECT * FROM edition WHERE in_force(numbers)) AS o USING (region)
  WHERE NOT coalesce(is_same_edition(t.id, o.id), false);
  PERFORM check_reserved(ARRAY(SELECT i.code FROM pg_temp.differing AS d JOIN identity AS i ON i.id = d.region WHERE NOT d.nodes), NULL);
  SELECT array_agg(i.code ORDER BY i.code) INTO faulty
  FROM pg_temp.differing AS d JOIN identity AS i ON i.id = d.region
  WHERE d.standing = 'provisional' AND EXISTS (
    SELECT FROM edition AS e WHERE e.region = d.region AND e.standing = 'proven' AND NOT isempty(e.numbers));
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG006', 'a region once proven cannot become provisional again', faulty);
  END IF;
  UPDATE edition AS e SET numbers = int8range(lower(e.numbers), n) FROM pg_temp.differing AS d WHERE e.id = d.own;
  WITH opened AS (
    INSERT INTO edition (region, numbers, boundary, standing, cause, intent)
    SELECT t.region, 'empty', t.boundary, t.standing, CASE WHEN d.nodes THEN 'node' ELSE 'publish' END, t.intent
    FROM pg_temp.differing AS d JOIN edition AS t ON t.id = d.past ORDER BY t.region
    RETURNING id
  ) SELECT coalesce(array_agg(id), '{}') INTO staged FROM opened;
  INSERT INTO grid (edition, id, name, kind, shape)
  SELECT e.id, g.id, g.name, g.kind, g.shape
  FROM edition AS e JOIN pg_temp.differing AS d ON d.region = e.region JOIN grid AS g ON g.edition = d.past
  WHERE e.id = ANY (staged);
  UPDATE edition SET intent = id WHERE id = ANY (staged) AND cause = 'publish';
  UPDATE edition SET numbers = int8range(n, NULL) WHERE id = ANY (staged);
  DROP TABLE pg_temp.differing;
  RETURN staged;
END
$$;

CREATE OR REPLACE FUNCTION restore_tree(p_number bigint, n bigint) RETURNS void
LANGUAGE sql AS $$
  -- Regions that have ground again, and those above them, where they are not in the tree any more.
  WITH RECURSIVE past AS (SELECT * FROM region WHERE numbers @> p_number),
  needed AS (
    SELECT p.* FROM past AS p JOIN edition AS e ON e.region = p.id AND in_force(e.numbers)
    UNION SELECT p.* FROM past AS p JOIN needed AS m ON m.parent = p.id
  )
  INSERT INTO region (id, numbers, name, level, parent, enclave, scheme)
  SELECT p.id, int8range(n, NULL), p.name, p.level, p.parent, p.enclave, p.scheme FROM needed AS p
  WHERE NOT EXISTS (SELECT FROM region AS r WHERE r.id = p.id AND in_force(r.numbers))
$$;

CREATE OR REPLACE FUNCTION orders_undone(p_number bigint) RETURNS SETOF boundary_order
LANGUAGE sql STABLE AS $$
  -- Orders in force that are no more with the ground of then: the newest of each region that gets another edition.
  SELECT o.* FROM (
    SELECT DISTINCT ON (region) * FROM boundary_order WHERE state = 'in_force' ORDER BY region, publication DESC, id DESC) AS o
  JOIN identity AS i ON i.layer = 'region' AND i.code = o.region
  JOIN edition AS t ON t.region = i.id AND t.numbers @> p_number
  LEFT JOIN edition AS e ON e.region = i.id AND in_force(e.numbers)
  WHERE NOT coalesce(is_same_edition(t.id, e.id), false) AND NOT is_same_ground(o.boundary, t.boundary)
    AND NOT EXISTS (SELECT FROM boundary_order AS w WHERE w.region = o.region AND w.state = 'pending')
  ORDER BY o.region
$$;

CREATE OR REPLACE FUNCTION order_again(p_orders bigint[], p_actor text) RETURNS jsonb
LANGUAGE sql AS $$
  -- They wait anew, so that whoever asks is warned; tells the new ones.
  WITH again AS (
    INSERT INTO boundary_order (region, boundary, number, reason, actor)
    SELECT region, boundary, number, reason, p_actor FROM boundary_order WHERE id = ANY (p_orders) ORDER BY region
    ON CONFLICT (region) WHERE state = 'pending' DO NOTHING
    RETURNING id, region, number
  )
  SELECT jsonb_agg(jsonb_build_object('id', id, 'region', region, 'number', number) ORDER BY region) FROM again
$$;

CREATE OR REPLACE FUNCTION revert(p_number bigint, p_what text, p_actor text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- p_what is 'all' or 'ground'. The limits of the rules stay as they are.
DECLARE
  n bigint;
  staged bigint[];
  undone bigint[];
  again jsonb;
  changed bigint := 0;
  named record;
BEGIN
  -- The number first: from here on nothing else can publish.
  UPDATE head SET publication = publication + 1 RETURNING publication INTO n;
  IF p_number NOT BETWEEN 1 AND n - 1 THEN
    PERFORM refuse('WG017', 'there was no such publication', ARRAY[p_number::text]);
  END IF;
  undone := ARRAY(SELECT id FROM orders_undone(p_number));
  staged := restore_ground(p_number, n);
  IF p_what = 'ground' THEN
    PERFORM restore_tree(p_number, n);
    PERFORM check_tree();
    PERFORM derive_dwellings(NULL, staged, n);
  ELSE
    FOR named IN SELECT * FROM (VALUES ('region', 'id'), ('building', 'id'), ('facility', 'id'), ('line', 'id'), ('water', 'id'),
        ('person', 'id'), ('dwelling', 'building'), ('tally', 'grid')) AS layers (layer, key) LOOP
      changed := changed + restore_rows(named.layer, named.key, p_number, n);
    END LOOP;
    PERFORM check_tree();
  END IF;
  IF changed = 0 AND NOT EXISTS (SELECT FROM edition WHERE lower(numbers) = n OR upper(numbers) = n) THEN
    PERFORM refuse('WG015', 'that state is in force', '{}');
  END IF;
  INSERT INTO publication (number, kind, at, actor, reason, regions, west, south, east, north)
  SELECT n, 'revert', greatest(clock_timestamp(), (SELECT max(at) FROM publication) + interval '1 microsecond'), p_actor, p_reason,
         ARRAY(SELECT DISTINCT i.code FROM edition AS e JOIN identity AS i ON i.id = e.region
               WHERE lower(e.numbers) = n OR upper(e.numbers) = n ORDER BY i.code),
         west, south, east, north
  FROM touched_bounds(n);
  PERFORM settle_orders(staged, n);
  again := order_again(undone, p_actor);
  INSERT INTO log (actor, action, reason, publication, details)
  VALUES (p_actor, 'publish', p_reason, n, jsonb_build_object('revert', p_number, 'what', p_what)
          || CASE WHEN again IS NULL THEN '{}' ELSE jsonb_build_object('orders', again) END);
  PERFORM pg_notify('wangge', n::text), pg_notify('wangge_event', '');
  RETURN n;
END
$$;
