-- Water in force at :publication in one square. (:left, :top) is its north-west corner on the lattice of its zoom; the
-- shapes are on that of zoom 17, y down. Where the square is large they are simpler, and what has less ground than a
-- pixel on the screen, 8 units by 8, is not seen.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) * scale, CAST(:top AS float8) * scale,
                         (CAST(:left AS float8) + 4096) * scale, (CAST(:top AS float8) + 4096) * scale, 0) AS box,
         64 * scale AS rim, scale
  FROM (SELECT power(2.0, 17 - CAST(:zoom AS integer)) AS scale) AS lattice
)
SELECT ST_AsMVT(tile, 'water', 4096, 'shape', 'id')
FROM (
  SELECT w.id, w.name,
         ST_AsMVTGeom(ST_Scale(CASE WHEN CAST(:zoom AS integer) < 14 THEN ST_Simplify(t.shape, 2 * scale, true)
                               ELSE t.shape END, 1, -1), ST_Scale(box, 1, -1), 4096, 64, true) AS shape
  FROM square
  JOIN tile_thing AS t ON t.matrix = :matrix AND t.layer = 'water' AND t.shape && ST_Expand(box, rim)
  JOIN water AS w ON w.row = t.thing AND w.numbers @> CAST(:publication AS bigint)
  WHERE CAST(:zoom AS integer) >= 13 OR ST_Area(t.shape) >= 64 * scale * scale
  ORDER BY w.id
  OFFSET 0  -- else each shape is worked out twice: for the condition too
) AS tile
WHERE shape IS NOT NULL
