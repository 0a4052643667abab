-- Shapes that are handed in, on the lattice of a square's zoom, y down, from its north-west corner; :told has what is
-- told of each, as jsonb; :layer is the layer's name. Shapes without a number of their own have NULL in :ids.
SELECT ST_AsMVT(tile, :layer, 4096, 'shape', 'id')
FROM (
  SELECT one.id, CAST(one.told AS jsonb) AS told,
         ST_AsMVTGeom(ST_Scale(ST_GeomFromWKB(one.shape), 1, -1), ST_MakeEnvelope(0, -4096, 4096, 0, 0), 4096, 64, true)
           AS shape
  FROM unnest(CAST(:ids AS bigint[]), CAST(:shapes AS bytea[]), CAST(:told AS text[])) WITH ORDINALITY
    AS one (id, shape, told, place)
  ORDER BY one.place
  OFFSET 0  -- else each shape is worked out twice: for the condition too
) AS tile
WHERE shape IS NOT NULL
