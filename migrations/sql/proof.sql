-- The proof of a border, in whole lattice steps. geo/border.py holds the same.

CREATE OR REPLACE FUNCTION turn(ax bigint, ay bigint, bx bigint, by bigint, px bigint, py bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- 1 when p lies left of a-b, -1 right, 0 on its line. An overflow is an error, never a wrong sign.
  SELECT sign((bx - ax) * (py - ay) - (by - ay) * (px - ax))::integer
$$;

CREATE OR REPLACE FUNCTION lies_inside(ax bigint, ay bigint, bx bigint, by bigint, px bigint, py bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Whether p is on the edge a-b and not one of its ends.
  SELECT px BETWEEN least(ax, bx) AND greatest(ax, bx)
     AND py BETWEEN least(ay, by) AND greatest(ay, by)
     AND (px, py) <> (ax, ay) AND (px, py) <> (bx, by)
     AND turn(ax, ay, bx, by, px, py) = 0
$$;

CREATE OR REPLACE FUNCTION pairs_at_odds(shapes geometry[], ones bigint[], others bigint[])
RETURNS TABLE (one bigint, other bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET jit = off SET enable_nestloop = off AS $$
  -- Pairs of regions (by their places in `shapes`, from 1) whose borders meet wrongly: an edge stands twice in one
  -- direction, two edges cross, or a node of one lies inside an edge of the other; or one of which reaches into the other.
  -- All pairs in one go: the edges of a region with many neighbours are looked at once.
  WITH given AS MATERIALIZED (
    SELECT s.number, s.shape, round(ST_XMin(s.shape) * 1e7::float8)::bigint AS west,
           round(ST_YMin(s.shape) * 1e7::float8)::bigint AS south, round(ST_XMax(s.shape) * 1e7::float8)::bigint AS east,
           round(ST_YMax(s.shape) * 1e7::float8)::bigint AS north
    FROM unnest(shapes) WITH ORDINALITY AS s (shape, number)
  ),
  edges AS MATERIALIZED (
    SELECT g.number AS shape, e.ring, e.x1, e.y1, e.x2, e.y2, least(e.x1, e.x2) AS west, least(e.y1, e.y2) AS south,
           greatest(e.x1, e.x2) AS east, greatest(e.y1, e.y2) AS north
    FROM given AS g, ground_edges(g.shape) AS e
  ),
  sides AS MATERIALIZED (
    -- Each pair from both sides, with the box that both have in common: outside of it nothing can happen.
    SELECT p.pair, m.number AS mine, o.number AS theirs, p.is_one, greatest(m.west, o.west) AS west,
           greatest(m.south, o.south) AS south, least(m.east, o.east) AS east, least(m.north, o.north) AS north
    FROM (
      SELECT pair, one AS mine, other AS theirs, true AS is_one FROM unnest(ones, others) WITH ORDINALITY AS p (one, other, pair)
      UNION ALL
      SELECT pair, other, one, false FROM unnest(ones, others) WITH ORDINALITY AS p (one, other, pair)
    ) AS p
    JOIN given AS m ON m.number = p.mine
    JOIN given AS o ON o.number = p.theirs
  ),
  near AS MATERIALIZED (
    SELECT s.pair, s.is_one, s.theirs, e.ring, e.x1, e.y1, e.x2, e.y2, e.west, e.south, e.east, e.north
    FROM sides AS s JOIN edges AS e ON e.shape = s.mine
    WHERE e.west <= s.east AND e.east >= s.west AND e.south <= s.north AND e.north >= s.south
  ),
  marked AS MATERIALIZED (
    SELECT n.*, c.pair IS NOT NULL AS is_common, o.pair IS NOT NULL AS at_node
    FROM near AS n
    LEFT JOIN (SELECT DISTINCT pair, is_one, x1, y1, x2, y2 FROM near) AS c
      ON (c.pair, c.is_one, c.x1, c.y1, c.x2, c.y2) = (n.pair, NOT n.is_one, n.x2, n.y2, n.x1, n.y1)
    LEFT JOIN (SELECT DISTINCT pair, is_one, x1, y1 FROM near) AS o
      ON (o.pair, o.is_one, o.x1, o.y1) = (n.pair, NOT n.is_one, n.x1, n.y1)
  ),
  meeting AS (
    SELECT a.pair FROM near AS a JOIN near AS b
      ON (a.pair, a.is_one, a.x1, a.y1, a.x2, a.y2) = (b.pair, NOT b.is_one, b.x1, b.y1, b.x2, b.y2)
    UNION ALL
    SELECT a.pair FROM marked AS a JOIN marked AS b
      ON a.pair = b.pair AND b.west <= a.east AND b.east >= a.west AND b.south <= a.north AND b.north >= a.south
    WHERE a.is_one AND NOT b.is_one AND NOT a.is_common AND NOT b.is_common
      AND (turn(a.x1, a.y1, a.x2, a.y2, b.x1, b.y1) * turn(a.x1, a.y1, a.x2, a.y2, b.x2, b.y2) < 0
             AND turn(b.x1, b.y1, b.x2, b.y2, a.x1, a.y1) * turn(b.x1, b.y1, b.x2, b.y2, a.x2, a.y2) < 0
           OR lies_inside(a.x1, a.y1, a.x2, a.y2, b.x1, b.y1) OR lies_inside(a.x1, a.y1, a.x2, a.y2, b.x2, b.y2)
           OR lies_inside(b.x1, b.y1, b.x2, b.y2, a.x1, a.y1) OR lies_inside(b.x1, b.y1, b.x2, b.y2, a.x2, a.y2))
  ),
  asked AS MATERIALIZED (
    -- Where borders do not cross, a stretch of one can only change sides of the other at a node that both have: one edge
    -- behind each such node is asked, and one of every ring without any.
    SELECT pair, is_one, theirs, x1 + x2 AS mx, y1 + y2 AS my FROM marked WHERE at_node AND NOT is_common
    UNION
    SELECT pair, is_one, theirs, (array_agg(x1 + x2))[1], (array_agg(y1 + y2))[1] FROM marked
    GROUP BY pair, is_one, theirs, ring HAVING NOT bool_or(at_node)
  ),
  entering AS (
    SELECT a.pair
    FROM asked AS a JOIN edges AS b ON b.shape = a.theirs
     AND (2 * b.y1 <= my AND 2 * b.y2 > my AND turn(2 * b.x1, 2 * b.y1, 2 * b.x2, 2 * b.y2, mx, my) > 0
       OR 2 * b.y2 <= my AND 2 * b.y1 > my AND turn(2 * b.x1, 2 * b.y1, 2 * b.x2, 2 * b.y2, mx, my) < 0)
    GROUP BY a.pair, a.is_one, a.mx, a.my
    HAVING count(*) % 2 = 1
  )
  SELECT s.mine, s.theirs FROM sides AS s
  WHERE s.is_one AND s.pair IN (SELECT pair FROM meeting UNION ALL SELECT pair FROM entering)
$$;

CREATE OR REPLACE FUNCTION grounds_are_apart(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Two valid regions share no ground, and every node of their common border stands on both sides.
  SELECT NOT EXISTS (SELECT FROM pairs_at_odds(ARRAY[one, other], '{1}', '{2}'))
$$;
