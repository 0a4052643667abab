-- Blocks of open plans near one square. Encoded by drawn.sql.
SELECT NULL AS id, b.region || '-' || b.number AS code, b.region, b.number, CAST(b.plan AS text) AS plan,
       ST_AsBinary(b.shape) AS shape
FROM plan AS p
JOIN plan_block AS b ON b.plan = p.id
WHERE p.state IN ('draft', 'submitted', 'approved', 'scheduled')
  AND b.shape && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY p.created, p.id, b.region COLLATE "C", b.number
