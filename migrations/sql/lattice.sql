-- The lattice: the only value a stored ground coordinate may have is the double nearest to seven decimals.

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION is_ground(shape geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Seven-decimal text gives exactly the lattice value; ST_SnapToGrid gives another double for a third of them.
  SELECT GeometryType(shape) IN ('POLYGON', 'MULTIPOLYGON')
     AND NOT ST_IsEmpty(shape)
     AND ST_AsBinary(ST_GeomFromText(ST_AsText(shape, 7))) = ST_AsBinary(shape)
$$;

CREATE FUNCTION ground_edges(shape geometry)
RETURNS TABLE (ring integer[], x1 bigint, y1 bigint, x2 bigint, y2 bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  -- Every directed edge in lattice steps, shells counter-clockwise, holes clockwise.
  SELECT e.ring, e.x1, e.y1, e.x2, e.y2
  FROM (
    SELECT p.ring, p.x AS x1, p.y AS y1, lead(p.x) OVER along AS x2, lead(p.y) OVER along AS y2
    FROM (
      SELECT d.path[1:cardinality(d.path) - 1] AS ring, d.path[cardinality(d.path)] AS position,
             round(ST_X(d.geom) * 1e7::float8)::bigint AS x, round(ST_Y(d.geom) * 1e7::float8)::bigint AS y
      FROM ST_DumpPoints(ST_ForcePolygonCCW(shape)) AS d
    ) AS p
    WINDOW along AS (PARTITION BY p.ring ORDER BY p.position)
  ) AS e
  WHERE e.x2 IS NOT NULL AND (e.x1, e.y1) <> (e.x2, e.y2)
$$;
