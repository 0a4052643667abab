-- One point inside each grid, or below the zooms of grids inside each region that is shown with none below it: in the
-- one square that the point lies in. (:left, :top) is the north-west corner of the square on the lattice of its zoom.
-- :limits are the fewest and most households by region and kind; '' stands for each region that is not named.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8), CAST(:top AS float8),
                         CAST(:left AS float8) + 4096, CAST(:top AS float8) + 4096, 0) AS box
),
here AS (
  SELECT t.subject AS id, i.layer, i.code, floor(ST_X(t.label)) - CAST(:left AS float8) AS x,
         floor(ST_Y(t.label)) - CAST(:top AS float8) AS y
  FROM square
  JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.shape && box
    AND t.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = t.subject
  WHERE floor(ST_X(t.label)) - CAST(:left AS float8) BETWEEN 0 AND 4095
    AND floor(ST_Y(t.label)) - CAST(:top AS float8) BETWEEN 0 AND 4095
),
grids AS MATERIALIZED (
  SELECT here.*, g.name, g.kind, r.code AS region,
         coalesce(CAST(:limits AS jsonb)->r.code, CAST(:limits AS jsonb)->'')->g.kind AS size,
         EXISTS (SELECT FROM grid AS o WHERE o.edition = g.edition AND o.id <> g.id) AS several
  FROM here
  JOIN grid AS g ON g.id = here.id
  JOIN edition AS e ON e.id = g.edition AND e.numbers @> CAST(:publication AS bigint)
  JOIN identity AS r ON r.id = e.region
  WHERE here.layer = 'grid'
),
sizes AS MATERIALIZED (
  SELECT told.* FROM (
    SELECT array_agg(id) AS grids, array_agg(CAST(size->>0 AS integer)) AS least,
           array_agg(CAST(size->>1 AS integer)) AS most, array_agg(several) AS several
    FROM grids
  ) AS asked, public_sizes(CAST(:publication AS bigint), grids, least, most, several) AS told
),
shown AS (
  SELECT id, code, name, kind, NULL AS level, verdict, region, x, y FROM grids JOIN sizes ON sizes.grid = grids.id
  UNION ALL
  SELECT here.id, here.code, r.name, NULL, r.level, NULL, NULL, x, y
  FROM here
  JOIN region AS r ON r.id = here.id AND r.numbers @> CAST(:publication AS bigint)
  WHERE here.layer = 'region' AND CAST(:zoom AS smallint) < 13
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
