-- What stands on the ground now, with the attributes as a plan holds them.

CREATE OR REPLACE VIEW thing_in_force AS
  SELECT 'building'::text AS layer, id, shape,
         jsonb_build_object('name', name, 'address', address, 'compound', compound, 'households', households,
           'estimated', estimated, 'levels', levels, 'kind', kind, 'grid', grid, 'entrance',
           CASE WHEN entrance IS NOT NULL THEN jsonb_build_array(ST_X(entrance), ST_Y(entrance)) END) AS attributes
  FROM building WHERE in_force(numbers)
  UNION ALL
  SELECT 'facility', id, shape, jsonb_build_object('name', name, 'category', category)
  FROM facility WHERE in_force(numbers)
  UNION ALL
  SELECT 'line', id, shape, jsonb_build_object('name', name, 'category', category) FROM line WHERE in_force(numbers)
  UNION ALL
  SELECT 'water', id, shape, jsonb_build_object('name', name) FROM water WHERE in_force(numbers);
