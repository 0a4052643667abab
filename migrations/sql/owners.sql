-- Which grid owns each building.

CREATE OR REPLACE VIEW current_grid AS
  -- `ground` is what the rings of a provisional grid enclose where they are at fault.
  SELECT g.id, i.code, g.name, g.kind, g.shape, e.id AS edition, e.standing, e.region,
         CASE WHEN e.standing = 'proven' OR ST_IsValid(g.shape) THEN g.shape
              ELSE ST_CollectionExtract(ST_MakeValid(g.shape)) END AS ground
  FROM grid AS g JOIN edition AS e ON e.id = g.edition AND in_force(e.numbers) JOIN identity AS i ON i.id = g.id;

CREATE OR REPLACE FUNCTION share_of(ground geometry, footprint geometry, flat boolean) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN flat THEN CASE WHEN ST_Relate(ground, footprint, 'FF*FF****') THEN 0 ELSE 1 END
              ELSE round((ST_Area(ST_Intersection(ground, footprint)) / ST_Area(footprint))::numeric, 6) END
$$;

CREATE OR REPLACE FUNCTION building_owners(p_buildings bigint[]) RETURNS TABLE (building bigint, grid bigint)
LANGUAGE sql STABLE SET jit = off AS $$
  -- One owner each: the declared grid where it stands in that, else the entrance's, else the largest share; proven
  -- ground first, then the smallest code. geo/owned.py holds the same rule. Points are asked with ST_Relate: PostGIS asks them by plain
  -- floats elsewhere, and errs beside a slanted edge. Areas are asked with ST_Intersection alone: GEOS before 3.13 can
  -- fail to relate two areas with edges that nearly coincide. A footprint folded flat is in the grids of its corners.
  WITH asked AS MATERIALIZED (
    SELECT b.id, b.grid AS declared, b.entrance,
           CASE WHEN ST_IsValid(b.shape) THEN b.shape ELSE ST_CollectionExtract(ST_MakeValid(b.shape)) END AS ground
    FROM building AS b WHERE in_force(b.numbers) AND b.id = ANY (p_buildings)
  ),
  measured AS MATERIALIZED (
    SELECT a.id, a.declared, a.entrance, ST_Area(a.ground) < 1e-15 AS flat,
           CASE WHEN ST_Area(a.ground) < 1e-15 THEN ST_Points(a.ground) ELSE a.ground END AS ground
    FROM asked AS a
  ),
  declared AS (
    SELECT a.id, c.id AS grid
    FROM measured AS a JOIN current_grid AS c ON c.code = a.declared AND c.shape && a.ground
    WHERE share_of(c.ground, a.ground, a.flat) > 0
  ),
  entered AS (
    SELECT DISTINCT ON (a.id) a.id, c.id AS grid
    FROM measured AS a JOIN current_grid AS c ON c.shape && a.entrance AND NOT ST_Relate(c.ground, a.entrance, 'FF*FF****')
    ORDER BY a.id, c.standing <> 'proven', c.code COLLATE "C"
  ),
  met AS MATERIALIZED (
    SELECT a.id, c.id AS grid, c.code, c.standing, share_of(c.ground, a.ground, a.flat) AS share
    FROM measured AS a JOIN current_grid AS c ON c.shape && a.ground
    WHERE a.id NOT IN (SELECT id FROM declared UNION SELECT id FROM entered)
  ),
  largest AS (
    SELECT DISTINCT ON (m.id) m.id, m.grid FROM met AS m WHERE m.share > 0
    ORDER BY m.id, m.share DESC, m.standing <> 'proven', m.code COLLATE "C"
  )
  SELECT a.id, coalesce(d.grid, e.grid, l.grid)
  FROM measured AS a
  LEFT JOIN declared AS d ON d.id = a.id
  LEFT JOIN entered AS e ON e.id = a.id
  LEFT JOIN largest AS l ON l.id = a.id
$$;
