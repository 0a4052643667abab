-- Who may read what is told of grids. Nothing that public tiles are made from has a number of households.

CREATE OR REPLACE FUNCTION know_tile_shapes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Tells the planner what there is after a large derivation: the service owns no table that it could analyse.
BEGIN
  ANALYZE tile_shape, tile_thing, tile_grid;
END
$$;

DROP FUNCTION public_sizes(bigint, bigint[], integer[], integer[], boolean[]);
REVOKE SELECT (edition, id, name, kind) ON grid FROM wangge_public;

GRANT SELECT, INSERT, DELETE, UPDATE (numbers) ON tile_grid TO wangge_service;
GRANT SELECT ON tile_grid TO wangge_public;
