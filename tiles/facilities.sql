-- Facilities in force at :publication in one square, each as a point; ground of one has it inside. (:left, :top) is the
-- square's north-west corner on the lattice of its zoom; the shapes are on that of zoom 17, y down.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) * scale, CAST(:top AS float8) * scale,
                         (CAST(:left AS float8) + 4096) * scale, (CAST(:top AS float8) + 4096) * scale, 0) AS box,
         64 * scale AS rim
  FROM (SELECT power(2.0, 17 - CAST(:zoom AS integer)) AS scale) AS lattice
)
SELECT ST_AsMVT(tile, 'facilities', 4096, 'shape', 'id')
FROM (
  SELECT f.id, i.code, f.name, f.category,
         ST_AsMVTGeom(
           ST_Scale(CASE WHEN ST_Dimension(t.shape) = 0 THEN t.shape ELSE ST_PointOnSurface(t.shape) END, 1, -1),
           ST_Scale(box, 1, -1), 4096, 64, true) AS shape
  FROM square
  JOIN tile_thing AS t ON t.matrix = :matrix AND t.layer = 'facility' AND t.shape && ST_Expand(box, rim)
  JOIN facility AS f ON f.row = t.thing AND f.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = f.id
  ORDER BY i.code COLLATE "C"
  OFFSET 0  -- else each shape is worked out twice: for the condition too
) AS tile
WHERE shape IS NOT NULL
