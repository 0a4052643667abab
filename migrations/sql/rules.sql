-- The limits of the rules come into force through the number line, as everything published does.

CREATE OR REPLACE FUNCTION publish_ruleset(p_settings jsonb, p_actor text, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  n bigint;
  faulty text[];
BEGIN
  -- The number first: from here on nothing else can publish, so what is asked below stays true.
  UPDATE head SET publication = publication + 1 RETURNING publication INTO n;
  IF jsonb_typeof(p_settings) IS DISTINCT FROM 'object' THEN
    PERFORM refuse('WG014', 'the limits are no object', '{}');
  END IF;
  SELECT array_agg(code ORDER BY code) INTO faulty
  FROM jsonb_object_keys(coalesce(p_settings->'regions', '{}')) AS code
  WHERE NOT EXISTS (SELECT FROM identity AS i WHERE i.layer = 'region' AND i.code = code.code);
  IF faulty IS NOT NULL THEN
    PERFORM refuse('WG014', 'limits are stated for a region that never was', faulty);
  END IF;
  IF p_settings = coalesce((SELECT settings FROM ruleset WHERE in_force(numbers)), '{}') THEN
    PERFORM refuse('WG015', 'these limits are in force', '{}');
  END IF;

  UPDATE ruleset SET numbers = int8range(lower(numbers), n) WHERE in_force(numbers);
  INSERT INTO ruleset (numbers, settings) VALUES (int8range(n, NULL), p_settings);
  INSERT INTO publication (number, kind, at, actor, reason, regions, west, south, east, north)
  SELECT n, 'data', greatest(clock_timestamp(), (SELECT max(at) FROM publication) + interval '1 microsecond'),
         p_actor, p_reason, '{}', west, south, east, north
  FROM touched_bounds(n);
  INSERT INTO log (actor, action, reason, publication, details)
  VALUES (p_actor, 'publish', p_reason, n, jsonb_build_object('ruleset', p_settings));
  PERFORM pg_notify('wangge', n::text), pg_notify('wangge_event', '');
  RETURN n;
END
$$;

CREATE OR REPLACE TRIGGER keep_the_past BEFORE UPDATE OR DELETE ON ruleset FOR EACH ROW EXECUTE FUNCTION keep_the_past();
CREATE OR REPLACE TRIGGER never_empty BEFORE TRUNCATE ON ruleset FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();

REVOKE ALL ON FUNCTION publish_ruleset(jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publish_ruleset(jsonb, text, text) TO wangge_service;
GRANT SELECT ON ruleset TO wangge_service;
