-- Grids in force at :publication in one square of Web Mercator. Each carries its stable number as the feature id.
-- :regions, :kinds, :least and :most are the columns of the limits in force; the region '' stands for every other one.
WITH square AS (
  SELECT ST_TileEnvelope(:z, :x, :y) AS mercator,
         ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 64.0 / 4096), 4326) AS ground
),
size AS (
  SELECT * FROM unnest(CAST(:regions AS text[]), CAST(:kinds AS text[]), CAST(:least AS integer[]), CAST(:most AS integer[]))
    AS size (region, kind, least, most)
),
shown AS (
  SELECT g.id, i.code, g.name, g.kind, r.code AS region, t.households, e.standing, e.id AS edition,
         CASE
           WHEN t.households IS NULL OR (s.least IS NULL AND s.most IS NULL) THEN 'none'
           WHEN t.households > s.most THEN 'high'
           WHEN t.households < s.least AND EXISTS (SELECT FROM grid AS o WHERE o.edition = g.edition AND o.id <> g.id)
             THEN 'low'
           ELSE 'good'
         END AS verdict,
         ST_AsMVTGeom(ST_Transform(g.shape, 3857), square.mercator, 4096, 64, true) AS shape
  FROM square
  JOIN grid AS g ON g.shape && square.ground
  JOIN edition AS e ON e.id = g.edition AND e.numbers @> CAST(:publication AS bigint)
  JOIN identity AS i ON i.id = g.id
  JOIN identity AS r ON r.id = e.region
  JOIN size AS usual ON usual.region = '' AND usual.kind = g.kind
  LEFT JOIN size AS own ON own.region = r.code AND own.kind = g.kind
  CROSS JOIN LATERAL (SELECT CASE WHEN own.region IS NULL THEN usual.least ELSE own.least END AS least,
                             CASE WHEN own.region IS NULL THEN usual.most ELSE own.most END AS most) AS s
  LEFT JOIN tally AS t ON t.grid = g.id AND t.numbers @> CAST(:publication AS bigint)
)
SELECT ST_AsMVT(shown, 'grids', 4096, 'shape', 'id')
FROM (SELECT * FROM shown WHERE shape IS NOT NULL ORDER BY code COLLATE "C") AS shown
