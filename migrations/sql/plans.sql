-- Who may do what with plans, their steps and orders. Only the door makes a plan published or scheduled.

CREATE OR REPLACE FUNCTION keep_the_plan() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> (SELECT tableowner FROM pg_tables WHERE schemaname = TG_TABLE_SCHEMA AND tablename = TG_TABLE_NAME) THEN
    IF TG_OP <> 'INSERT' AND OLD.state = 'published'
       OR TG_OP = 'INSERT' AND NEW.state <> 'draft'
       OR TG_OP <> 'DELETE' AND (NEW.state = 'published' OR NEW.publication IS NOT NULL)
       OR TG_OP = 'UPDATE' AND NEW.state = 'scheduled' AND (OLD.state <> 'scheduled' OR OLD.at <> NEW.at) THEN
      RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'a plan comes into force through the door alone and is never changed after';
    END IF;
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

DROP FUNCTION IF EXISTS borders_meet(geometry, geometry), enters(geometry, geometry);

CREATE TRIGGER keep_the_plan BEFORE INSERT OR UPDATE OR DELETE ON plan FOR EACH ROW EXECUTE FUNCTION keep_the_plan();

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

GRANT SELECT ON plan_step, plan_change, boundary_order TO wangge_service;
GRANT INSERT, UPDATE (state) ON plan_step TO wangge_service;
GRANT INSERT ON plan_change TO wangge_service;
GRANT INSERT (region, boundary, number, reason, actor) ON boundary_order TO wangge_service;
GRANT UPDATE (state) ON boundary_order TO wangge_service;
GRANT EXECUTE ON FUNCTION schedule(uuid, timestamptz, text, text, bigint), publish_scheduled(uuid, timestamptz),
  revert(bigint, text, text, text), untouched_regions(uuid), is_same_ground(geometry, geometry),
  pairs_at_odds(geometry[], bigint[], bigint[])
TO wangge_service;
