-- What stands on the ground: rows of the plan replace the rows in force, and the owners of buildings follow.

CREATE OR REPLACE FUNCTION complete_updates(p_plan uuid) RETURNS void
LANGUAGE plpgsql AS $$
-- What an update does not touch stays as it is now, whoever changed it since the plan was made; and an estimate never
-- takes the place of a real count, whoever counted since.
DECLARE
  faulty text[];
BEGIN
  UPDATE plan_item AS p
  SET attributes = p.attributes || jsonb_build_object('households', k.attributes->'households', 'estimated', false)
  FROM identity AS i JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
  WHERE p.plan = p_plan AND p.layer = 'building' AND i.layer = p.layer AND i.code = p.code AND NOT p.removed
    AND (p.attributes->>'estimated')::boolean AND (p.touched IS NULL OR 'estimated' = ANY (p.touched))
    AND k.attributes->>'households' IS NOT NULL AND NOT (k.attributes->>'estimated')::boolean;
  UPDATE plan_item AS p
  SET attributes = k.attributes || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(p.attributes)
                                             WHERE key = ANY (p.touched)), '{}'),
      shape = CASE WHEN 'shape' = ANY (p.touched) THEN p.shape ELSE k.shape END,
      touched = NULL
  FROM identity AS i JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
  WHERE p.plan = p_plan AND p.touched IS NOT NULL AND i.layer = p.layer AND i.code = p.code;
  SELECT array_agg(code ORDER BY code) INTO faulty FROM plan_item WHERE plan = p_plan AND touched IS NOT NULL;
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG012', 'what the plan updates was taken out meanwhile', faulty);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION name_regions(p_plan uuid, n bigint) RETURNS void
LANGUAGE sql AS $$
  -- A region drawn without a row of its own keeps the one it has, or gets a bare one.
  INSERT INTO region (id, numbers)
  SELECT i.id, int8range(n, NULL)
  FROM plan_region AS r JOIN identity AS i ON i.layer = 'region' AND i.code = r.code
  WHERE r.plan = p_plan AND NOT EXISTS (SELECT FROM region AS k WHERE k.id = i.id AND in_force(k.numbers));
$$;

CREATE OR REPLACE FUNCTION switch_data(p_plan uuid, n bigint) RETURNS void
LANGUAGE plpgsql AS $$
-- Closes the row in force of each thing the plan names and opens the plan's, if it has one.
DECLARE
  named text;
  faulty text[];
BEGIN
  SELECT array_agg(p.code ORDER BY p.code) INTO faulty
  FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
  JOIN thing_in_force AS k ON k.id = i.id AND k.layer = i.layer
  WHERE p.plan = p_plan AND p.fresh;
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG013', 'what the plan adds is there by now', faulty);
  END IF;
  INSERT INTO identity (layer, code)
  SELECT layer, code FROM plan_item WHERE plan = p_plan AND layer <> 'grid' AND NOT removed ORDER BY layer, code
  ON CONFLICT DO NOTHING;
  PERFORM complete_updates(p_plan);
  FOREACH named IN ARRAY ARRAY['region', 'building', 'facility', 'line', 'water', 'person'] LOOP
    EXECUTE format(
      'UPDATE %I AS t SET numbers = int8range(lower(numbers), $3) FROM identity AS i, plan_item AS p
        WHERE p.plan = $1 AND p.layer = $2 AND i.layer = p.layer AND i.code = p.code
          AND t.id = i.id AND in_force(t.numbers)', named)
      USING p_plan, named, n;
  END LOOP;
  INSERT INTO region (id, numbers, name, level, parent, enclave, scheme)
  SELECT i.id, int8range(n, NULL), a->>'name', a->>'level', o.id, (a->>'enclave')::boolean, a->>'scheme'
  FROM (SELECT code, attributes AS a FROM plan_item WHERE plan = p_plan AND layer = 'region') AS p
  JOIN identity AS i ON i.layer = 'region' AND i.code = p.code
  LEFT JOIN identity AS o ON o.layer = 'region' AND o.code = a->>'parent';
  INSERT INTO building (id, numbers, name, address, compound, entrance, households, estimated, levels, kind, grid, shape)
  SELECT i.id, int8range(n, NULL), a->>'name', a->>'address', a->>'compound',
         ST_SetSRID(ST_Point((a->'entrance'->>0)::float8, (a->'entrance'->>1)::float8), 4326),
         (a->>'households')::integer, coalesce((a->>'estimated')::boolean, false), (a->>'levels')::integer, a->>'kind',
         a->>'grid', p.shape
  FROM (SELECT code, attributes AS a, shape FROM plan_item
        WHERE plan = p_plan AND layer = 'building' AND NOT removed) AS p
  JOIN identity AS i ON i.layer = 'building' AND i.code = p.code;
  INSERT INTO facility (id, numbers, name, category, shape)
  SELECT i.id, int8range(n, NULL), p.attributes->>'name', p.attributes->>'category', p.shape
  FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'facility' AND NOT removed;
  INSERT INTO line (id, numbers, name, category, shape)
  SELECT i.id, int8range(n, NULL), p.attributes->>'name', p.attributes->>'category', p.shape
  FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'line' AND NOT removed;
  INSERT INTO water (id, numbers, name, shape)
  SELECT i.id, int8range(n, NULL), p.attributes->>'name', p.shape
  FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'water' AND NOT removed;
  INSERT INTO person (id, numbers, name, phone, place, role, post, subject, since, until)
  SELECT i.id, int8range(n, NULL), a->>'name', a->>'phone', o.id, a->>'role', a->>'post', a->>'subject', a->>'since',
         a->>'until'
  FROM (SELECT code, attributes AS a FROM plan_item WHERE plan = p_plan AND layer = 'person' AND NOT removed) AS p
  JOIN identity AS i ON i.layer = 'person' AND i.code = p.code
  LEFT JOIN identity AS o ON o.layer = a->>'place_layer' AND o.code = a->>'place';
END
$$;

CREATE OR REPLACE FUNCTION derive_dwellings(p_plan uuid, staged bigint[], n bigint) RETURNS void
LANGUAGE plpgsql AS $$
-- Owners of the buildings that the plan brings and of those on ground that it redraws. Where a building stands on grids
-- that are all as they were it has the owner that it had.
DECLARE
  redrawn bigint[];
  asked bigint[];
  gone bigint[];
BEGIN
  WITH changed AS MATERIALIZED (
    SELECT id, o.shape AS was, e.shape AS now
    FROM (SELECT g.id, g.shape, e.standing FROM edition AS e JOIN grid AS g ON g.edition = e.id WHERE upper(e.numbers) = n) AS o
    FULL JOIN (SELECT g.id, g.shape, e.standing FROM edition AS e JOIN grid AS g ON g.edition = e.id WHERE e.id = ANY (staged)) AS e
    USING (id)
    WHERE o.standing IS DISTINCT FROM e.standing OR ST_AsBinary(o.shape) IS DISTINCT FROM ST_AsBinary(e.shape)
  ),
  touching AS (
    SELECT b.id FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
      JOIN building AS b ON b.id = i.id AND in_force(b.numbers) WHERE p.plan = p_plan AND p.layer = 'building'
    UNION SELECT d.building FROM changed AS r JOIN dwelling AS d ON d.grid = r.id AND in_force(d.numbers)
      JOIN building AS b ON b.id = d.building AND in_force(b.numbers)
    UNION SELECT b.id FROM changed AS r JOIN building AS b ON b.shape && r.was AND in_force(b.numbers)
    UNION SELECT b.id FROM changed AS r JOIN building AS b ON b.shape && r.now AND in_force(b.numbers)
  )
  SELECT coalesce((SELECT array_agg(id) FROM changed), '{}'), coalesce((SELECT array_agg(id) FROM touching), '{}')
  INTO redrawn, asked;
  SELECT coalesce(array_agg(i.id), '{}') INTO gone
  FROM plan_item AS p JOIN identity AS i ON i.layer = p.layer AND i.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'building' AND p.removed;
  PERFORM rehouse(p_plan, asked, gone, redrawn, staged, EXISTS (SELECT FROM plan WHERE id = p_plan AND provisional), n);
END
$$;

CREATE OR REPLACE FUNCTION rehouse(
  p_plan uuid, asked bigint[], gone bigint[], redrawn bigint[], staged bigint[], may_orphan boolean, n bigint) RETURNS void
LANGUAGE plpgsql AS $$
-- The owners of some buildings, none of those that are gone, then the sums of the grids that they left and joined and of
-- those that are redrawn.
DECLARE
  orphans text[];
  moved text[];
BEGIN
  CREATE TEMP TABLE touched ON COMMIT DROP AS
  SELECT o.building AS id, d.grid AS was, o.grid AS now
  FROM building_owners(asked) AS o LEFT JOIN dwelling AS d ON d.building = o.building AND in_force(d.numbers)
  UNION ALL
  SELECT d.building, d.grid, NULL FROM dwelling AS d WHERE d.building = ANY (gone) AND in_force(d.numbers);
  SELECT array_agg(i.code ORDER BY i.code) INTO orphans
  FROM touched AS t JOIN identity AS i ON i.id = t.id JOIN building AS b ON b.id = t.id AND in_force(b.numbers)
  WHERE t.was IS NOT NULL AND t.now IS NULL AND b.households > 0 AND NOT may_orphan;
  IF orphans IS NOT NULL THEN
    PERFORM refuse('WG011', 'households would lose their grid', orphans);
  END IF;
  SELECT array_agg(i.code ORDER BY i.code) INTO moved
  FROM touched AS t JOIN identity AS i ON i.id = t.id
  JOIN grid AS g ON g.id = t.was AND g.edition IN (SELECT amends FROM plan_region WHERE plan = p_plan AND cause = 'node')
  WHERE t.now IS DISTINCT FROM t.was
    AND t.now IN (SELECT id FROM grid WHERE edition IN (SELECT id FROM edition WHERE id = ANY (staged) AND cause = 'node'));
  IF moved IS NOT NULL THEN
    PERFORM refuse('WG007', 'an amendment would change the owner of a building', moved);
  END IF;

  UPDATE dwelling AS d SET numbers = int8range(lower(d.numbers), n) FROM touched AS t
  WHERE d.building = t.id AND in_force(d.numbers) AND t.now IS DISTINCT FROM t.was;
  INSERT INTO dwelling (building, grid, numbers)
  SELECT id, now, int8range(n, NULL) FROM touched WHERE now IS NOT NULL AND now IS DISTINCT FROM was;

  CREATE TEMP TABLE summed ON COMMIT DROP AS
  SELECT s.grid, sum(b.households)::integer AS households, count(b.id)::integer AS buildings
  FROM (SELECT was AS grid FROM touched UNION SELECT now FROM touched
        UNION SELECT unnest(redrawn)) AS s
  LEFT JOIN dwelling AS d ON d.grid = s.grid AND in_force(d.numbers)
  LEFT JOIN building AS b ON b.id = d.building AND in_force(b.numbers)
  WHERE s.grid IS NOT NULL
  GROUP BY s.grid;
  UPDATE tally AS t SET numbers = int8range(lower(t.numbers), n) FROM summed AS s
  WHERE t.grid = s.grid AND in_force(t.numbers) AND (t.households, t.buildings) IS DISTINCT FROM (s.households, s.buildings);
  INSERT INTO tally (grid, numbers, households, buildings)
  SELECT s.grid, int8range(n, NULL), s.households, s.buildings FROM summed AS s
  WHERE s.buildings > 0 AND NOT EXISTS (SELECT FROM tally AS t WHERE t.grid = s.grid AND in_force(t.numbers));
  DROP TABLE touched, summed;
END
$$;

CREATE OR REPLACE FUNCTION rehouse_declared() RETURNS bigint
LANGUAGE plpgsql AS $$
-- Buildings in force that were owned by a declared grid in which they do not stand, as an earlier rule had it: a
-- publication of their owners now, or NULL where there is nothing to mend.
DECLARE
  asked bigint[];
  n bigint;
BEGIN
  SELECT array_agg(o.building) INTO asked
  FROM building_owners(ARRAY(SELECT id FROM building WHERE in_force(numbers) AND grid IS NOT NULL)) AS o
  JOIN dwelling AS d ON d.building = o.building AND in_force(d.numbers) WHERE d.grid IS DISTINCT FROM o.grid;
  IF asked IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE head SET publication = publication + 1 RETURNING publication INTO n;
  PERFORM rehouse(NULL, asked, '{}', '{}', '{}', true, n);
  INSERT INTO publication (number, kind, at, actor, reason, regions, west, south, east, north)
  SELECT n, 'data', greatest(clock_timestamp(), (SELECT max(at) FROM publication) + interval '1 microsecond'), 'upgrade',
         'a declared grid counts only where the building stands in it', '{}', west, south, east, north
  FROM touched_bounds(n);
  INSERT INTO log (actor, action, reason, publication, details)
  VALUES ('upgrade', 'publish', 'a declared grid counts only where the building stands in it', n,
          jsonb_build_object('buildings', cardinality(asked)));
  PERFORM pg_notify('wangge', n::text), pg_notify('wangge_event', '');
  RETURN n;
END
$$;
