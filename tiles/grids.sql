-- Grids in force at :publication in one square of Web Mercator. Each carries its stable number as the feature id.
WITH square AS (
  SELECT ST_TileEnvelope(:z, :x, :y) AS mercator,
         ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 64.0 / 4096), 4326) AS ground
),
shown AS (
  SELECT g.id, i.code, g.name, g.kind, r.code AS region, t.households, e.standing, e.id AS edition,
         CASE
           WHEN g.kind = 'special' OR t.households IS NULL THEN 'none'
           WHEN t.households > CASE g.kind WHEN 'rural' THEN :rural_high ELSE :residential_high END THEN 'high'
           WHEN t.households < CASE g.kind WHEN 'rural' THEN :rural_low ELSE :residential_low END
                AND EXISTS (SELECT FROM grid AS o WHERE o.edition = g.edition AND o.id <> g.id) THEN 'low'
           ELSE 'good'
         END AS verdict,
         ST_AsMVTGeom(ST_Transform(g.shape, 3857), square.mercator, 4096, 64, true) AS shape
  FROM square
  JOIN grid AS g ON g.shape && square.ground
  JOIN edition AS e ON e.id = g.edition AND e.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = g.id
  JOIN identity AS r ON r.id = e.region
  LEFT JOIN tally AS t ON t.grid = g.id AND t.numbers @> CAST(:publication AS bigint)
)
SELECT ST_AsMVT(shown, 'grids', 4096, 'shape', 'id')
FROM (SELECT * FROM shown WHERE shape IS NOT NULL ORDER BY code COLLATE "C") AS shown
