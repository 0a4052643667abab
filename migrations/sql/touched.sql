-- Where may tiles show something else than at an earlier publication? The door tells it of each publication as its
-- bounds, and geo/store/touched.py box by box.

CREATE OR REPLACE FUNCTION turned(numbers int8range, p_after bigint, p_upto bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  -- Whether a row began or ended in (p_after, p_upto]. As the indexes have it: this is put in where it is asked.
  SELECT (lower(numbers) > p_after AND lower(numbers) <= p_upto)
      OR (NOT upper_inf(numbers) AND upper(numbers) > p_after AND upper(numbers) <= p_upto)
$$;

CREATE OR REPLACE FUNCTION touched_boxes(p_after bigint, p_upto bigint)
RETURNS TABLE (west float8, south float8, east float8, north float8)
LANGUAGE sql STABLE AS $$
  -- Ground of editions that began or ended, things that came, went or changed, buildings of another owner, grids counted
  -- anew, ground of regions that are told otherwise or lie below one; all ground where the limits are others.
  WITH RECURSIVE renamed AS (
    SELECT id FROM region WHERE turned(numbers, p_after, p_upto)
    UNION
    SELECT r.id FROM renamed AS above JOIN region AS r ON r.parent = above.id
    WHERE r.numbers && int8range(p_after, p_upto, '[]')
  ),
  shapes AS (
    SELECT boundary AS shape FROM edition WHERE turned(numbers, p_after, p_upto)
    UNION ALL SELECT shape FROM building WHERE turned(numbers, p_after, p_upto)
    UNION ALL SELECT shape FROM facility WHERE turned(numbers, p_after, p_upto)
    UNION ALL SELECT shape FROM line WHERE turned(numbers, p_after, p_upto)
    UNION ALL SELECT shape FROM water WHERE turned(numbers, p_after, p_upto)
    UNION ALL SELECT b.shape FROM dwelling AS d JOIN building AS b ON b.id = d.building
      WHERE turned(d.numbers, p_after, p_upto) AND b.numbers && int8range(p_after, p_upto, '[]')
    UNION ALL SELECT g.shape FROM tally AS t JOIN grid AS g ON g.id = t.grid JOIN edition AS e ON e.id = g.edition
      WHERE turned(t.numbers, p_after, p_upto) AND e.numbers && int8range(p_after, p_upto, '[]')
    UNION ALL SELECT e.boundary FROM renamed AS r JOIN edition AS e ON e.region = r.id
      WHERE e.numbers && int8range(p_after, p_upto, '[]')
    UNION ALL SELECT boundary FROM edition
      WHERE numbers && int8range(p_after, p_upto, '[]')
        AND EXISTS (SELECT FROM ruleset WHERE turned(numbers, p_after, p_upto))
  )
  SELECT ST_XMin(shape), ST_YMin(shape), ST_XMax(shape), ST_YMax(shape) FROM shapes WHERE NOT ST_IsEmpty(shape)
$$;

CREATE OR REPLACE FUNCTION touched_bounds(p_number bigint)
RETURNS TABLE (west float8, south float8, east float8, north float8)
LANGUAGE sql STABLE AS $$
  -- The box of all that one publication touched; one row, of NULLs where that is nothing.
  SELECT min(west), min(south), max(east), max(north) FROM touched_boxes(p_number - 1, p_number)
$$;

REVOKE ALL ON FUNCTION turned(int8range, bigint, bigint), touched_boxes(bigint, bigint), touched_bounds(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION turned(int8range, bigint, bigint), touched_boxes(bigint, bigint) TO wangge_service;
