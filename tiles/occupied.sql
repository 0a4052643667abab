-- Which of the squares (:x, :y) of zoom :zoom may show something at :publication? Asked of the indexes only, by boxes: some
-- that are told show nothing, and none that shows something is left out. Shapes are those of zoom :most, in the units of
-- which their boxes are compared; what a shape of :zoom is drawn off by, and the rim of a square, is less than 96 units.
SELECT asked.x, asked.y
FROM (SELECT power(2.0, CAST(:most AS integer) - CAST(:zoom AS integer)) AS scale,
             power(2.0, 17 - CAST(:zoom AS integer)) AS thing_scale) AS lattice
CROSS JOIN unnest(CAST(:x AS bigint[]), CAST(:y AS bigint[])) AS asked (x, y)
WHERE EXISTS (
    SELECT FROM tile_shape AS t
    WHERE t.matrix = :matrix AND t.zoom = CAST(:most AS smallint) AND t.numbers @> CAST(:publication AS bigint)
      AND t.shape && ST_MakeEnvelope((asked.x * 4096 - 96) * scale, (asked.y * 4096 - 96) * scale,
                                     (asked.x * 4096 + 4192) * scale, (asked.y * 4096 + 4192) * scale, 0))
  OR EXISTS (
    SELECT FROM unnest(CAST(:things AS text[])) AS wanted (layer)
    JOIN tile_thing AS t ON t.matrix = :matrix AND t.layer = wanted.layer
      AND t.shape && ST_MakeEnvelope((asked.x * 4096 - 96) * thing_scale, (asked.y * 4096 - 96) * thing_scale,
                                     (asked.x * 4096 + 4192) * thing_scale, (asked.y * 4096 + 4192) * thing_scale, 0))
