-- The proof of a coverage, in whole lattice steps. geo/coverage.py holds the same.

CREATE OR REPLACE FUNCTION is_sound(shape geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Valid as it is stored and in whole steps: three nodes of one line can look like a triangle in degrees.
  SELECT ST_IsValid(shape) AND coalesce(ST_IsValid(ST_SnapToGrid(ST_Scale(shape, 1e7, 1e7), 1)), false)
$$;

CREATE OR REPLACE FUNCTION ground_is_exact(boundary geometry, grids geometry[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Every directed edge of the grids cancels, and what is left is the boundary.
  SELECT cardinality(grids) > 0
     AND is_sound(boundary)
     AND (SELECT bool_and(is_sound(g)) FROM unnest(grids) AS g)
     AND NOT EXISTS (
       SELECT FROM (
         SELECT e.x1, e.y1, e.x2, e.y2, 1 AS way FROM unnest(grids) AS g, ground_edges(g) AS e
         UNION ALL
         SELECT e.x1, e.y1, e.x2, e.y2, -1 FROM ground_edges(boundary) AS e
       ) AS passes
       GROUP BY least(ROW(x1, y1), ROW(x2, y2)), greatest(ROW(x1, y1), ROW(x2, y2))
       HAVING sum(CASE WHEN (x1, y1) < (x2, y2) THEN way ELSE -way END) <> 0
     )
$$;
