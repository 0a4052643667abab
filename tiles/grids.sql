-- Grids in force at :publication in one square, on the lattice of its zoom, where (:left, :top) is its north-west
-- corner.
-- What lies inside the rim of 64 units goes as it is; what crosses the rim has nodes where it does, and is cut there.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) - 64, CAST(:top AS float8) - 64,
                         CAST(:left AS float8) + 4160, CAST(:top AS float8) + 4160, 0) AS rim
),
shown AS MATERIALIZED (
  SELECT t.subject AS id, g.code, g.name, g.kind, g.region, g.households, g.verdict, g.standing, g.edition,
         rim, t.shape, t.shape @ rim AS inside,
         CASE WHEN t.shape @ rim THEN t.shape ELSE ST_ClipByBox2D(t.shape, rim) END AS cut
  FROM square
  JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.shape && rim
    AND t.numbers @> CAST(:publication AS bigint)
  JOIN tile_grid AS g ON g.grid = t.subject AND g.numbers @> CAST(:publication AS bigint)
)
SELECT ST_AsMVT(tile, 'grids', 4096, 'shape', 'id')
FROM (
  SELECT id, code, name, kind, region, households, verdict, standing, edition,
         ST_Translate(CASE WHEN inside THEN cut
                      WHEN ST_IsValid(cut) THEN ST_ForcePolygonCCW(cut)
                      ELSE ST_ForcePolygonCCW(ST_CollectionExtract(ST_Intersection(shape, rim), 3)) END,
                      -CAST(:left AS float8), -CAST(:top AS float8)) AS shape
  FROM shown WHERE NOT ST_IsEmpty(cut)
  ORDER BY code COLLATE "C"
) AS tile
