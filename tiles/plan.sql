-- Grids of the plan :plan near one square. Encoded by drawn.sql.
SELECT i.id, g.code, g.attributes->>'name' AS name, g.attributes->>'kind' AS kind, g.region,
       CAST(g.plan AS text) AS plan, ST_AsBinary(g.shape) AS shape
FROM plan_item AS g
LEFT JOIN identity AS i ON i.layer = 'grid' AND i.code = g.code
WHERE g.plan = :plan AND g.layer = 'grid' AND NOT g.removed
  AND g.shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY g.code COLLATE "C"
