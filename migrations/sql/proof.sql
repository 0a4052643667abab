-- The proof of a border, in whole lattice steps. geo/border.py holds the same.

CREATE FUNCTION turn(ax bigint, ay bigint, bx bigint, by bigint, px bigint, py bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- 1 when p lies left of a-b, -1 right, 0 on its line. An overflow is an error, never a wrong sign.
  SELECT sign((bx - ax) * (py - ay) - (by - ay) * (px - ax))::integer
$$;

CREATE FUNCTION lies_inside(ax bigint, ay bigint, bx bigint, by bigint, px bigint, py bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Whether p is on the edge a-b and not one of its ends.
  SELECT px BETWEEN least(ax, bx) AND greatest(ax, bx)
     AND py BETWEEN least(ay, by) AND greatest(ay, by)
     AND (px, py) <> (ax, ay) AND (px, py) <> (bx, by)
     AND turn(ax, ay, bx, by, px, py) = 0
$$;

CREATE FUNCTION enters(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Whether a stretch of one's border runs inside the other; their borders are known not to cross. A stretch can only
  -- change sides at a node both have: one edge behind each such node is asked, and one of every ring without any.
  WITH a AS MATERIALIZED (SELECT * FROM ground_edges(one)),
       b AS MATERIALIZED (SELECT * FROM ground_edges(other)),
       marked AS (
         SELECT a.*,
                EXISTS (SELECT FROM b WHERE (b.x1, b.y1) = (a.x1, a.y1)) AS at_node,
                EXISTS (SELECT FROM b WHERE (b.x1, b.y1, b.x2, b.y2) = (a.x2, a.y2, a.x1, a.y1)) AS is_common
         FROM a
       ),
       asked AS (
         SELECT x1 + x2 AS mx, y1 + y2 AS my FROM marked WHERE at_node AND NOT is_common
         UNION ALL
         SELECT (array_agg(x1 + x2))[1], (array_agg(y1 + y2))[1] FROM marked GROUP BY ring HAVING NOT bool_or(at_node)
       )
  SELECT coalesce(bool_or(passes.odd), false)
  FROM (
    SELECT count(*) % 2 = 1 AS odd
    FROM asked JOIN b
      ON (2 * b.y1 <= my AND 2 * b.y2 > my AND turn(2 * b.x1, 2 * b.y1, 2 * b.x2, 2 * b.y2, mx, my) > 0)
      OR (2 * b.y2 <= my AND 2 * b.y1 > my AND turn(2 * b.x1, 2 * b.y1, 2 * b.x2, 2 * b.y2, mx, my) < 0)
    GROUP BY mx, my
  ) AS passes
$$;

CREATE FUNCTION borders_meet(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Whether an edge stands twice in one direction, two edges cross, or a node of one lies inside an edge of the other.
  WITH a AS MATERIALIZED (SELECT * FROM ground_edges(one)),
       b AS MATERIALIZED (SELECT * FROM ground_edges(other)),
       a_alone AS MATERIALIZED (
         SELECT a.* FROM a LEFT JOIN b ON (b.x1, b.y1, b.x2, b.y2) = (a.x2, a.y2, a.x1, a.y1) WHERE b.x1 IS NULL
       ),
       b_alone AS MATERIALIZED (
         SELECT b.* FROM b LEFT JOIN a ON (a.x1, a.y1, a.x2, a.y2) = (b.x2, b.y2, b.x1, b.y1) WHERE a.x1 IS NULL
       )
  SELECT EXISTS (SELECT FROM a JOIN b ON (a.x1, a.y1, a.x2, a.y2) = (b.x1, b.y1, b.x2, b.y2))
      OR EXISTS (
        SELECT FROM a_alone AS a JOIN b_alone AS b
          ON least(b.x1, b.x2) <= greatest(a.x1, a.x2) AND greatest(b.x1, b.x2) >= least(a.x1, a.x2)
         AND least(b.y1, b.y2) <= greatest(a.y1, a.y2) AND greatest(b.y1, b.y2) >= least(a.y1, a.y2)
        WHERE turn(a.x1, a.y1, a.x2, a.y2, b.x1, b.y1) * turn(a.x1, a.y1, a.x2, a.y2, b.x2, b.y2) < 0
          AND turn(b.x1, b.y1, b.x2, b.y2, a.x1, a.y1) * turn(b.x1, b.y1, b.x2, b.y2, a.x2, a.y2) < 0
           OR lies_inside(a.x1, a.y1, a.x2, a.y2, b.x1, b.y1) OR lies_inside(a.x1, a.y1, a.x2, a.y2, b.x2, b.y2)
           OR lies_inside(b.x1, b.y1, b.x2, b.y2, a.x1, a.y1) OR lies_inside(b.x1, b.y1, b.x2, b.y2, a.x2, a.y2)
      )
$$;

CREATE FUNCTION grounds_are_apart(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Two valid regions share no ground, and every node of their common border stands on both sides.
  SELECT NOT (borders_meet(one, other) OR enters(one, other) OR enters(other, one))
$$;
