-- Buildings in force at :publication in one square. (:left, :top) is its north-west corner on the lattice of its zoom;
-- the shapes are on that of zoom 17, y down. Below zoom 16 a house is too small for a name.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) * scale, CAST(:top AS float8) * scale,
                         (CAST(:left AS float8) + 4096) * scale, (CAST(:top AS float8) + 4096) * scale, 0) AS box,
         64 * scale AS rim, CAST(:zoom AS integer) >= 16 AS near
  FROM (SELECT power(2.0, 17 - CAST(:zoom AS integer)) AS scale) AS lattice
)
SELECT ST_AsMVT(tile, 'buildings', 4096, 'shape', 'id')
FROM (
  SELECT b.id, CASE WHEN near THEN i.code END AS code, CASE WHEN near THEN b.name END AS name, b.kind, b.levels,
         ST_AsMVTGeom(ST_Scale(t.shape, 1, -1), ST_Scale(box, 1, -1), 4096, 64, true) AS shape
  FROM square
  JOIN tile_thing AS t ON t.matrix = :matrix AND t.layer = 'building' AND t.shape && ST_Expand(box, rim)
  JOIN building AS b ON b.row = t.thing AND b.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = b.id
  ORDER BY b.id
  OFFSET 0  -- else each shape is worked out twice: for the condition too
) AS tile
WHERE shape IS NOT NULL
