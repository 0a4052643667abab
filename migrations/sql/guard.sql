-- Who may do what. The service's role reads what is published, drafts plans, and has no way to publish but the door.

CREATE FUNCTION keep_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = format('%s is never changed or taken out', TG_TABLE_NAME);
END
$$;

CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON log
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON publication
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON identity
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['edition', 'region', 'building', 'facility', 'line', 'water', 'dwelling', 'tally'] LOOP
    EXECUTE format('CREATE TRIGGER keep_the_past BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION keep_the_past()', name);
    EXECUTE format('CREATE TRIGGER never_empty BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever()', name);
  END LOOP;
END
$$;
CREATE TRIGGER keep_the_past BEFORE UPDATE OR DELETE OR TRUNCATE ON grid
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();

INSERT INTO head (id, publication) VALUES (1, 0);

CREATE FUNCTION note_in_log(p_actor text, p_action text, p_reason text, p_plan uuid, p_details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- The service adds to the log here and cannot pass for the door: publications are noted by publish() alone.
  INSERT INTO log (actor, action, reason, plan, details)
  SELECT p_actor, p_action, p_reason, p_plan, p_details WHERE p_action <> 'publish'
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wangge_service') THEN
    CREATE ROLE wangge_service NOLOGIN;
    EXECUTE format('GRANT wangge_service TO %I', current_user);
  END IF;
END
$$;

DO $$
DECLARE
  own regprocedure;
BEGIN
  FOR own IN SELECT oid FROM pg_proc WHERE proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
             AND pronamespace = 'public'::regnamespace
             AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = pg_proc.oid AND d.deptype = 'e') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', own);
  END LOOP;
END
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO wangge_service;
GRANT INSERT, UPDATE, DELETE ON plan, plan_region, plan_item TO wangge_service;
GRANT INSERT ON answer TO wangge_service;
GRANT EXECUTE ON FUNCTION publish(uuid, text, text), note_in_log(text, text, text, uuid, jsonb), in_force(int8range),
  is_ground(geometry), ground_edges(geometry), ground_is_exact(geometry, geometry[]), grounds_are_apart(geometry, geometry),
  pairs_at_odds(geometry[], bigint[], bigint[]), building_owners(bigint[]),
  turn(bigint, bigint, bigint, bigint, bigint, bigint), lies_inside(bigint, bigint, bigint, bigint, bigint, bigint)
TO wangge_service;
