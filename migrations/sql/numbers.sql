-- What the other files stand on: ranges of publication numbers, identities, refusals.

CREATE FUNCTION refuse(state text, message text, codes text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, DETAIL = to_json(codes)::text;
END
$$;

CREATE FUNCTION identify(p_layer text, p_codes text[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO identity (layer, code)
  SELECT p_layer, c FROM unnest(p_codes) AS c GROUP BY c ORDER BY c COLLATE "C"
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION in_force(numbers int8range) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT upper_inf(numbers) AND NOT isempty(numbers)
$$;
