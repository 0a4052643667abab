-- Who may do what with tiles. Those for everybody are made as wangge_public, which cannot read what only some may see.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wangge_public') THEN
    BEGIN
      CREATE ROLE wangge_public NOLOGIN;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE =
        'the role wangge_public is missing: CREATE ROLE wangge_public NOLOGIN; GRANT wangge_public TO wangge_service; as a superuser';
    END;
  END IF;
  IF NOT pg_has_role('wangge_service', 'wangge_public', 'MEMBER') THEN
    BEGIN
      GRANT wangge_public TO wangge_service;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE =
        'the service may not act as wangge_public: GRANT wangge_public TO wangge_service; as a superuser';
    END;
  END IF;
  IF NOT has_schema_privilege('wangge_public', 'public', 'USAGE') THEN
    GRANT USAGE ON SCHEMA public TO wangge_public;
  END IF;
END
$$;

CREATE FUNCTION public_sizes(p_publication bigint, p_grids bigint[], p_least integer[], p_most integer[], p_several boolean[])
RETURNS TABLE (grid bigint, households text, verdict text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- What everybody may know of the sizes of grids: a band of households, and how they stand to the limits.
-- p_several: whether the grid has others beside it in its region. Element by element, the arrays are about one grid.
BEGIN
  RETURN QUERY
  SELECT s.grid,
         CASE WHEN t.households IS NULL THEN NULL
              WHEN t.households = 0 THEN '0'
              WHEN t.households < 100 THEN '1-99'
              WHEN t.households < 1000 THEN format('%s-%s', t.households / 100 * 100, t.households / 100 * 100 + 99)
              ELSE '1000+' END,
         CASE WHEN t.households IS NULL OR (s.least IS NULL AND s.most IS NULL) THEN 'none'
              WHEN t.households > s.most THEN 'high'
              WHEN t.households < s.least AND s.several THEN 'low'
              ELSE 'good' END
  FROM unnest(p_grids, p_least, p_most, p_several) AS s (grid, least, most, several)
  LEFT JOIN tally AS t ON t.grid = s.grid AND t.numbers @> p_publication;
END
$$;
REVOKE ALL ON FUNCTION public_sizes(bigint, bigint[], integer[], integer[], boolean[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public_sizes(bigint, bigint[], integer[], integer[], boolean[]) TO wangge_public, wangge_service;

CREATE FUNCTION know_tile_shapes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Tells the planner what there is after a large derivation: the service owns no table that it could analyse.
BEGIN
  ANALYZE tile_shape, tile_thing;
END
$$;
REVOKE ALL ON FUNCTION know_tile_shapes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION know_tile_shapes() TO wangge_service;

GRANT SELECT, INSERT, DELETE, UPDATE (numbers) ON tile_shape TO wangge_service;
GRANT SELECT, INSERT, DELETE ON tile_thing TO wangge_service;
GRANT SELECT, INSERT, DELETE, UPDATE (publication) ON tile_state TO wangge_service;

GRANT SELECT ON tile_shape, tile_thing TO wangge_public;
GRANT SELECT (id, layer, code) ON identity TO wangge_public;
GRANT SELECT (id, region, numbers, standing) ON edition TO wangge_public;
GRANT SELECT (edition, id, name, kind) ON grid TO wangge_public;
GRANT SELECT (row, id, name, level, parent, numbers) ON region TO wangge_public;
GRANT SELECT (row, id, name, kind, levels, numbers) ON building TO wangge_public;
GRANT SELECT (row, id, name, category, numbers) ON facility TO wangge_public;
GRANT SELECT (row, id, name, category, numbers) ON line TO wangge_public;
GRANT SELECT (row, id, name, numbers) ON water TO wangge_public;
