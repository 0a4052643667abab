-- Which regions of an opened plan are still as they were when it was opened? They are not published anew.

CREATE OR REPLACE FUNCTION untouched_regions(p_plan uuid) RETURNS SETOF text
LANGUAGE sql STABLE AS $$
  WITH opened AS (
    SELECT r.code, r.drawn
    FROM plan_region AS r JOIN edition AS e ON e.id = r.drawn
    WHERE r.plan = p_plan AND r.cause = 'publish' AND e.intent = r.base AND ST_AsBinary(e.boundary) = ST_AsBinary(r.boundary)
  ),
  before AS (
    SELECT o.code AS region, i.code, g.name, g.kind, ST_AsBinary(g.shape) AS shape
    FROM opened AS o JOIN grid AS g ON g.edition = o.drawn JOIN identity AS i ON i.id = g.id
  ),
  now AS (
    SELECT p.region, p.code, coalesce(p.attributes->>'name', '') AS name, p.attributes->>'kind' AS kind,
           ST_AsBinary(p.shape) AS shape
    FROM plan_item AS p WHERE p.plan = p_plan AND p.layer = 'grid'
  )
  SELECT code FROM opened
  EXCEPT
  SELECT region FROM before FULL JOIN now USING (region, code, name, kind, shape)
  WHERE before.shape IS NULL OR now.shape IS NULL
$$;
