-- Regions in force at :publication in one square, on the lattice of its zoom, where (:left, :top) is its north-west
-- corner.
-- What lies inside the rim of 64 units goes as it is; what crosses the rim has nodes where it does, and is cut there.
-- Standing and edition are told of regions that grids divide.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) - 64, CAST(:top AS float8) - 64,
                         CAST(:left AS float8) + 4160, CAST(:top AS float8) + 4160, 0) AS rim
),
shown AS MATERIALIZED (
  SELECT t.subject AS id, i.code, r.name, r.level, e.standing, e.id AS edition, rim, t.shape, t.shape @ rim AS inside,
         CASE WHEN t.shape @ rim THEN t.shape ELSE ST_ClipByBox2D(t.shape, rim) END AS cut
  FROM square
  JOIN tile_shape AS t ON t.matrix = :matrix AND t.zoom = CAST(:zoom AS smallint) AND t.shape && rim
    AND t.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = t.subject AND i.layer = 'region'
  JOIN region AS r ON r.id = t.subject AND r.numbers @> CAST(:publication AS bigint)
  LEFT JOIN edition AS e ON e.region = t.subject AND e.numbers @> CAST(:publication AS bigint)
)
SELECT ST_AsMVT(tile, 'regions', 4096, 'shape', 'id')
FROM (
  SELECT id, code, name, level, standing, edition,
         ST_Translate(CASE WHEN inside THEN cut
                      WHEN ST_IsValid(cut) THEN ST_ForcePolygonCCW(cut)
                      ELSE ST_ForcePolygonCCW(ST_CollectionExtract(ST_Intersection(shape, rim), 3)) END,
                      -CAST(:left AS float8), -CAST(:top AS float8)) AS shape
  FROM shown WHERE NOT ST_IsEmpty(cut)
  ORDER BY code COLLATE "C"
) AS tile
