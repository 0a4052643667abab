-- Grids in force at :publication in one square, on the lattice of its zoom, where (:left, :top) is its north-west
-- corner.
-- What lies inside the rim of 64 units goes as it is; what crosses the rim has nodes where it does, and is cut there.
-- :limits are the fewest and most households by region and kind; '' stands for each region that is not named.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) - 64, CAST(:top AS float8) - 64,
                         CAST(:left AS float8) + 4160, CAST(:top AS float8) + 4160, 0) AS rim
),
shown AS MATERIALIZED (
  SELECT t.subject AS id, i.code, g.name, g.kind, r.code AS region, e.standing, e.id AS edition,
         coalesce(CAST(:limits AS jsonb)->r.code, CAST(:limits AS jsonb)->'')->g.kind AS size,
         EXISTS (SELECT FROM grid AS o WHERE o.edition = g.edition AND o.id <> g.id) AS several,
         rim, t.shape, t.shape @ rim AS inside,
         CASE WHEN t.shape @ rim THEN t.shape ELSE ST_ClipByBox2D(t.shape, rim) END AS cut
  FROM square
  JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.shape && rim
    AND t.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = t.subject AND i.layer = 'grid'
  JOIN grid AS g ON g.id = t.subject
  JOIN edition AS e ON e.id = g.edition AND e.numbers @> CAST(:publication AS bigint)
  JOIN identity AS r ON r.id = e.region
),
sizes AS MATERIALIZED (
  SELECT told.* FROM (
    SELECT array_agg(id) AS grids, array_agg(CAST(size->>0 AS integer)) AS least,
           array_agg(CAST(size->>1 AS integer)) AS most, array_agg(several) AS several
    FROM shown WHERE NOT ST_IsEmpty(cut)
  ) AS asked, public_sizes(CAST(:publication AS bigint), grids, least, most, several) AS told
)
SELECT ST_AsMVT(tile, 'grids', 4096, 'shape', 'id')
FROM (
  SELECT id, code, name, kind, region, households, verdict, standing, edition,
         ST_Translate(CASE WHEN inside THEN cut
                      WHEN ST_IsValid(cut) THEN ST_ForcePolygonCCW(cut)
                      ELSE ST_ForcePolygonCCW(ST_CollectionExtract(ST_Intersection(shape, rim), 3)) END,
                      -CAST(:left AS float8), -CAST(:top AS float8)) AS shape
  FROM shown JOIN sizes ON sizes.grid = shown.id
  ORDER BY code COLLATE "C"
) AS tile
