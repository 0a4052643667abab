-- One point inside each grid, or below the zooms of grids inside each region that is shown with none below it: in the
-- one square that the point lies in. (:left, :top) is the north-west corner of the square on the lattice of its zoom.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8), CAST(:top AS float8),
                         CAST(:left AS float8) + 4096, CAST(:top AS float8) + 4096, 0) AS box
),
here AS (
  SELECT t.subject AS id, floor(ST_X(t.label)) - CAST(:left AS float8) AS x,
         floor(ST_Y(t.label)) - CAST(:top AS float8) AS y
  FROM square
  JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.shape && box
    AND t.numbers @> CAST(:publication AS bigint)
  WHERE floor(ST_X(t.label)) - CAST(:left AS float8) BETWEEN 0 AND 4095
    AND floor(ST_Y(t.label)) - CAST(:top AS float8) BETWEEN 0 AND 4095
),
shown AS (
  SELECT here.id, g.code, g.name, g.kind, NULL AS level, g.verdict, g.region, x, y
  FROM here
  JOIN tile_grid AS g ON g.grid = here.id AND g.numbers @> CAST(:publication AS bigint)
  UNION ALL
  SELECT here.id, i.code, r.name, NULL, r.level, NULL, NULL, x, y
  FROM here
  JOIN region AS r ON r.id = here.id AND r.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = r.id
  WHERE CAST(:zoom AS smallint) < 13
    AND NOT EXISTS (
      SELECT FROM region AS below
      JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.subject = below.id
        AND t.numbers @> CAST(:publication AS bigint)
      WHERE below.parent = here.id AND below.numbers @> CAST(:publication AS bigint))
)
SELECT ST_AsMVT(tile, 'labels', 4096, 'shape', 'id')
FROM (
  SELECT id, code, name, kind, level, verdict, region, ST_MakePoint(x, y) AS shape FROM shown ORDER BY code COLLATE "C"
) AS tile
