-- The one door: everything published changes through publish(), and every change gets the next number.
--
-- Load and prove first, then take the number (UPDATE head: one row, so numbers are serial and without a gap), then ask
-- again whether the bases and the neighbours are still the ones that were proven against, then switch. One transaction:
-- a crash leaves the old or the new. Errors carry a state of class WG and, in DETAIL, the codes they are about as JSON.

CREATE OR REPLACE FUNCTION neighbours_of(p_plan uuid) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
  -- Proven editions in force that the plan does not replace and whose box meets ground the plan proves.
  SELECT coalesce(array_agg(DISTINCT e.id ORDER BY e.id), '{}')
  FROM plan_region AS r
  JOIN edition AS e ON e.boundary && r.boundary AND in_force(e.numbers) AND e.standing = 'proven'
  JOIN identity AS i ON i.id = e.region
  WHERE r.plan = p_plan AND r.standing = 'proven'
    AND NOT EXISTS (SELECT FROM plan_region AS o WHERE o.plan = p_plan AND o.code = i.code)
$$;

CREATE OR REPLACE FUNCTION stage_editions(p_plan uuid) RETURNS bigint[]
LANGUAGE plpgsql AS $$
-- The plan's regions as editions that are in force for no number yet; returns their ids.
DECLARE
  staged bigint[];
BEGIN
  PERFORM identify('region', array_agg(code)) FROM (
    SELECT code FROM plan_region WHERE plan = p_plan
    UNION SELECT code FROM plan_item WHERE plan = p_plan AND layer = 'region'
    UNION SELECT attributes->>'parent' FROM plan_item
      WHERE plan = p_plan AND layer = 'region' AND attributes->>'parent' IS NOT NULL) AS named HAVING count(*) > 0;
  PERFORM identify('grid', array_agg(code)) FROM plan_item WHERE plan = p_plan AND layer = 'grid' HAVING count(*) > 0;
  WITH opened AS (
    INSERT INTO edition (region, numbers, boundary, standing, cause, intent)
    SELECT i.id, 'empty', r.boundary, r.standing, r.cause, coalesce(a.intent, 0)
    FROM plan_region AS r
    JOIN identity AS i ON i.layer = 'region' AND i.code = r.code
    LEFT JOIN edition AS a ON a.id = r.amends
    WHERE r.plan = p_plan ORDER BY r.code
    RETURNING id
  ) SELECT coalesce(array_agg(id), '{}') INTO staged FROM opened;
  UPDATE edition SET intent = id WHERE id = ANY (staged) AND cause = 'publish';
  INSERT INTO grid (edition, id, name, kind, shape)
  SELECT e.id, g.id, coalesce(p.attributes->>'name', ''), p.attributes->>'kind', p.shape
  FROM plan_item AS p
  JOIN identity AS r ON r.layer = 'region' AND r.code = p.region
  JOIN edition AS e ON e.region = r.id AND e.id = ANY (staged)
  JOIN identity AS g ON g.layer = 'grid' AND g.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'grid';
  RETURN staged;
END
$$;

CREATE OR REPLACE FUNCTION prove(staged bigint[], neighbours bigint[]) RETURNS void
LANGUAGE plpgsql SET jit = off AS $$
-- (a) each proven region's grids cancel against its boundary; (b) it keeps apart from every proven neighbour and from
-- the plan's other proven regions. Two boundaries that are both in force as they are, proven, were proven then.
DECLARE
  faulty text[];
  kept bigint[];
  ones bigint[];
  others bigint[];
BEGIN
  SELECT array_agg(i.code ORDER BY i.code) INTO faulty
  FROM edition AS e JOIN identity AS i ON i.id = e.region
  WHERE e.id = ANY (staged) AND e.standing = 'proven'
    AND (ST_XMax(e.boundary) - ST_XMin(e.boundary) > 10 OR ST_YMax(e.boundary) - ST_YMin(e.boundary) > 10
         OR NOT ground_is_exact(e.boundary, coalesce((SELECT array_agg(g.shape) FROM grid AS g WHERE g.edition = e.id), '{}')));
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG003', 'the grids do not cover the region exactly', faulty);
  END IF;
  SELECT coalesce(array_agg(e.id), '{}') || neighbours INTO kept
  FROM edition AS e
  JOIN edition AS o ON o.region = e.region AND in_force(o.numbers) AND o.standing = 'proven'
   AND ST_AsBinary(o.boundary) = ST_AsBinary(e.boundary)
  WHERE e.id = ANY (staged) AND e.standing = 'proven';
  SELECT array_agg(e.id ORDER BY e.id, o.id), array_agg(o.id ORDER BY e.id, o.id) INTO ones, others
  FROM edition AS e
  JOIN edition AS o ON o.boundary && e.boundary AND o.standing = 'proven'
   AND (o.id = ANY (neighbours) OR (o.id = ANY (staged) AND o.id > e.id))
   AND NOT (e.id = ANY (kept) AND o.id = ANY (kept))
  WHERE e.id = ANY (staged) AND e.standing = 'proven';
  IF ones IS NULL THEN
    RETURN;
  END IF;
  WITH involved AS (
    SELECT e.id, e.region, e.boundary, row_number() OVER (ORDER BY e.id) AS place
    FROM edition AS e WHERE e.id = ANY (ones || others)
  ),
  pair AS (
    SELECT a.place AS one, b.place AS other, p.number
    FROM unnest(ones, others) WITH ORDINALITY AS p (one, other, number)
    JOIN involved AS a ON a.id = p.one JOIN involved AS b ON b.id = p.other
  ),
  at_odds AS (
    SELECT p.* FROM pairs_at_odds(
      ARRAY(SELECT boundary FROM involved ORDER BY place),
      ARRAY(SELECT one FROM pair ORDER BY number), ARRAY(SELECT other FROM pair ORDER BY number)) AS p
  )
  SELECT array_agg(DISTINCT i.code ORDER BY i.code) INTO faulty
  FROM at_odds AS p JOIN involved AS v ON v.place IN (p.one, p.other) JOIN identity AS i ON i.id = v.region;
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG004', 'two regions do not keep apart', faulty);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION check_amendments(p_plan uuid, staged bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
-- A node amendment keeps codes, names and kinds, and moves no line by more than a lattice step.
DECLARE
  faulty text[];
BEGIN
  SELECT array_agg(DISTINCT i.code) INTO faulty
  FROM plan_region AS r
  JOIN identity AS i ON i.layer = 'region' AND i.code = r.code
  JOIN edition AS n ON n.id = ANY (staged) AND n.region = i.id
  JOIN edition AS o ON o.id = r.amends
  LEFT JOIN LATERAL (
    SELECT bool_and(a.id IS NOT NULL AND b.id IS NOT NULL AND a.name = b.name AND a.kind = b.kind
                    AND ST_HausdorffDistance(a.shape, b.shape) < 1.5e-7) AS same
    FROM (SELECT * FROM grid WHERE edition = o.id) AS a
    FULL JOIN (SELECT * FROM grid WHERE edition = n.id) AS b ON b.id = a.id
  ) AS grids ON true
  WHERE r.plan = p_plan AND r.cause = 'node'
    AND NOT (coalesce(grids.same, false) AND n.standing = o.standing AND o.region = n.region
             AND ST_HausdorffDistance(n.boundary, o.boundary) < 1.5e-7);
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG007', 'an amendment would do more than add nodes', faulty);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION recheck(p_plan uuid, neighbours bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
-- After the number is taken nothing else can publish: are the bases and the neighbours still those of the proof?
DECLARE
  faulty text[];
BEGIN
  SELECT array_agg(r.code ORDER BY r.code) INTO faulty
  FROM plan_region AS r
  LEFT JOIN identity AS i ON i.layer = 'region' AND i.code = r.code
  LEFT JOIN edition AS e ON e.region = i.id AND in_force(e.numbers)
  WHERE r.plan = p_plan AND r.cause = 'publish' AND e.intent IS DISTINCT FROM r.base;
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG001', 'the region was changed since the plan was drawn', faulty);
  END IF;
  SELECT array_agg(r.code ORDER BY r.code) INTO faulty
  FROM plan_region AS r LEFT JOIN edition AS e ON e.id = r.amends AND in_force(e.numbers)
  WHERE r.plan = p_plan AND r.cause = 'node' AND e.id IS NULL;
  IF faulty IS NOT NULL OR neighbours_of(p_plan) IS DISTINCT FROM neighbours THEN
    PERFORM refuse('WG002', 'a neighbour was published meanwhile', coalesce(faulty, '{}'));
  END IF;
  PERFORM check_reserved(ARRAY(SELECT code FROM plan_region WHERE plan = p_plan AND cause = 'publish'), p_plan);
  SELECT array_agg(r.code ORDER BY r.code) INTO faulty
  FROM plan_region AS r
  JOIN identity AS i ON i.layer = 'region' AND i.code = r.code
  WHERE r.plan = p_plan AND r.standing = 'provisional'
    AND EXISTS (SELECT FROM edition AS e WHERE e.region = i.id AND e.standing = 'proven' AND NOT isempty(e.numbers));
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG006', 'a region once proven cannot become provisional again', faulty);
  END IF;
  SELECT array_agg(p.code ORDER BY p.code) INTO faulty
  FROM plan_item AS p JOIN identity AS i ON i.layer = 'grid' AND i.code = p.code
  WHERE p.plan = p_plan AND p.layer = 'grid'
    AND EXISTS (SELECT FROM grid AS g JOIN edition AS e ON e.id = g.edition WHERE g.id = i.id AND NOT isempty(e.numbers))
    AND NOT EXISTS (
      SELECT FROM grid AS g JOIN edition AS e ON e.id = g.edition AND in_force(e.numbers)
      JOIN identity AS r ON r.id = e.region JOIN plan_region AS pr ON pr.plan = p_plan AND pr.code = r.code
      WHERE g.id = i.id);
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG005', 'a grid code stands elsewhere or is retired', faulty);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION check_tree() RETURNS void
LANGUAGE plpgsql AS $$
-- Every parent is a region in force, nobody is its own ancestor, and a divided region has a name in the tree.
DECLARE
  faulty text[];
BEGIN
  WITH RECURSIVE known AS (SELECT id, parent FROM region WHERE in_force(numbers)),
  reached AS (
    SELECT id FROM known WHERE parent IS NULL
    UNION ALL SELECT k.id FROM known AS k JOIN reached AS r ON k.parent = r.id
  )
  SELECT array_agg(i.code ORDER BY i.code) INTO faulty
  FROM identity AS i
  WHERE i.id IN (SELECT id FROM known EXCEPT SELECT id FROM reached)
     OR i.id IN (SELECT region FROM edition WHERE in_force(numbers) EXCEPT SELECT id FROM known);
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG009', 'a region has no parent in the tree', faulty);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION switch_ground(p_plan uuid, staged bigint[], n bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE edition SET numbers = int8range(lower(numbers), n)
  WHERE in_force(numbers) AND region IN (SELECT region FROM edition WHERE id = ANY (staged));
  UPDATE edition SET numbers = int8range(n, NULL) WHERE id = ANY (staged);
END
$$;

CREATE OR REPLACE FUNCTION bring_into_force(p_plan uuid, p_actor text, p_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
-- A plan that is locked, staged, and in a state that may be published.
DECLARE
  staged bigint[];
  neighbours bigint[];
  n bigint;
  ground boolean;
  has_data boolean;
BEGIN
  staged := stage_editions(p_plan);
  neighbours := neighbours_of(p_plan);
  PERFORM check_amendments(p_plan, staged);
  PERFORM prove(staged, neighbours);

  UPDATE head SET publication = publication + 1 RETURNING publication INTO n;
  PERFORM recheck(p_plan, neighbours);
  PERFORM switch_ground(p_plan, staged, n);
  has_data := EXISTS (SELECT FROM plan_item WHERE plan = p_plan AND layer <> 'grid');
  IF has_data THEN
    PERFORM switch_data(p_plan, n);
  END IF;
  PERFORM name_regions(p_plan, n);
  IF EXISTS (SELECT FROM region WHERE lower(numbers) = n OR upper(numbers) = n) THEN
    PERFORM check_tree();
  END IF;
  PERFORM derive_dwellings(p_plan, staged, n);

  ground := EXISTS (SELECT FROM plan_region WHERE plan = p_plan);
  INSERT INTO publication (number, kind, at, actor, reason, plan, regions, west, south, east, north)
  SELECT n, CASE WHEN ground AND has_data THEN 'both' WHEN ground THEN 'ground' ELSE 'data' END,
         -- Instants follow the numbers even where the clock was set back.
         greatest(clock_timestamp(), (SELECT at FROM publication WHERE number = n - 1) + interval '1 microsecond'),
         p_actor, p_reason, p_plan,
         ARRAY(SELECT code FROM plan_region WHERE plan = p_plan ORDER BY code), west, south, east, north
  FROM touched_bounds(n);
  PERFORM settle_orders(staged, n);
  UPDATE plan SET state = 'published', publication = n, at = NULL, revision = revision + 1, stamp = gen_random_uuid()
  WHERE id = p_plan;
  INSERT INTO log (actor, action, reason, publication, plan, details)
  SELECT p_actor, 'publish', p_reason, n, p_plan, jsonb_build_object('revision', revision, 'state', state)
  FROM plan WHERE id = p_plan;
  PERFORM pg_notify('wangge', n::text), pg_notify('wangge_event', '');
  RETURN n;
END
$$;

CREATE OR REPLACE FUNCTION publish(p_plan uuid, p_actor text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM plan WHERE id = p_plan AND state IN ('draft', 'approved') FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM refuse('WG008', 'there is no such plan that may be published', ARRAY[p_plan::text]);
  END IF;
  RETURN bring_into_force(p_plan, p_actor, p_reason);
END
$$;
