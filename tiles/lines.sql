-- Streets, railways, rivers, walls in force at :publication in one square: the further out, the fewer classes.
-- (:left, :top) is its north-west corner on the lattice of its zoom; the shapes are on that of zoom 17, y down.
-- A class is shown from the zoom that stands beside it, and one that is not named here from 13.
WITH square AS NOT MATERIALIZED (
  SELECT ST_MakeEnvelope(CAST(:left AS float8) * scale, CAST(:top AS float8) * scale,
                         (CAST(:left AS float8) + 4096) * scale, (CAST(:top AS float8) + 4096) * scale, 0) AS box,
         64 * scale AS rim, scale
  FROM (SELECT power(2.0, 17 - CAST(:zoom AS integer)) AS scale) AS lattice
),
class (name, least) AS (
  VALUES ('motorway', 8), ('trunk', 8), ('primary', 8), ('river', 8), ('railway', 8), ('rail', 8), ('canal', 10),
         ('motorway_link', 10), ('trunk_link', 10), ('primary_link', 10), ('secondary', 10), ('secondary_link', 11),
         ('light_rail', 11), ('subway', 11), ('tertiary', 12), ('tertiary_link', 12), ('footway', 15), ('path', 15),
         ('steps', 15), ('cycleway', 15), ('bridleway', 15), ('track', 14), ('service', 14), ('wall', 15),
         ('fence', 15), ('hedge', 15), ('gate', 15)
),
near AS (
  SELECT l.row, l.id, l.category, l.name, t.shape
  FROM square
  JOIN tile_thing AS t ON t.matrix = :matrix AND t.layer = 'line' AND t.shape && ST_Expand(box, rim)
  JOIN line AS l ON l.row = t.thing AND l.numbers @> CAST(:publication AS bigint)
  WHERE CAST(:zoom AS integer) >= 13
    AND l.category NOT IN (SELECT name FROM class WHERE least > CAST(:zoom AS integer))
),
main AS MATERIALIZED (
  -- Few rows are shown of the many that lie in so large a square: they are found by their classes, not by their places.
  SELECT l.row, l.id, l.category, l.name
  FROM line AS l
  WHERE CAST(:zoom AS integer) < 13 AND l.numbers @> CAST(:publication AS bigint)
    AND l.category IN (SELECT name FROM class WHERE least <= CAST(:zoom AS integer))
),
far AS (
  SELECT main.row, main.id, main.category, main.name, ST_Simplify(t.shape, 3 * scale, true) AS shape
  FROM square
  CROSS JOIN main
  CROSS JOIN LATERAL (
    SELECT shape FROM tile_thing WHERE matrix = :matrix AND layer = 'line' AND thing = main.row OFFSET 0
  ) AS t
  WHERE t.shape && ST_Expand(box, rim)
)
SELECT ST_AsMVT(tile, 'lines', 4096, 'shape', 'id')
FROM (
  SELECT id, category, name, ST_AsMVTGeom(ST_Scale(shown.shape, 1, -1), ST_Scale(box, 1, -1), 4096, 64, true) AS shape
  FROM square, (SELECT * FROM near UNION ALL SELECT * FROM far) AS shown
  ORDER BY id
  OFFSET 0  -- else each shape is worked out twice: for the condition too
) AS tile
WHERE shape IS NOT NULL
