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

CREATE OR REPLACE FUNCTION keep_the_content() RETURNS trigger
LANGUAGE plpgsql AS $$
-- What a plan holds changes while it is a draft. Staging changes rows of one that waits too, in the transaction that
-- publishes it: the plan's own row is touched once, so that `staged_is_published` is asked at the end.
DECLARE
  held record;
  mark text;
BEGIN
  FOR held IN SELECT id, state FROM plan WHERE state <> 'draft' AND id IN (SELECT plan FROM changed) LOOP
    EXIT WHEN current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID);
    IF held.state NOT IN ('approved', 'scheduled') OR TG_TABLE_NAME IN ('plan_step', 'plan_change') THEN
      RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = format('%s changes while the plan is a draft, and never after', TG_TABLE_NAME);
    END IF;
    mark := format('%s %s', pg_current_xact_id(), held.id);
    IF current_setting('wangge.staged', true) IS DISTINCT FROM mark THEN
      PERFORM set_config('wangge.staged', mark, true);
      UPDATE plan SET state = state WHERE id = held.id;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION staged_is_published() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM plan WHERE id = NEW.id AND state IN ('approved', 'scheduled')) THEN
    RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'what was approved is published as it is';
  END IF;
  RETURN NULL;
END
$$;

DROP FUNCTION IF EXISTS borders_meet(geometry, geometry), enters(geometry, geometry);

CREATE TRIGGER keep_the_plan BEFORE INSERT OR UPDATE OR DELETE ON plan FOR EACH ROW EXECUTE FUNCTION keep_the_plan();
CREATE CONSTRAINT TRIGGER staged_is_published AFTER UPDATE ON plan DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.* IS NOT DISTINCT FROM NEW.*) EXECUTE FUNCTION staged_is_published();

DO $$
DECLARE
  wish record;
BEGIN
  FOR wish IN
    SELECT * FROM unnest(ARRAY['plan_region', 'plan_item', 'plan_step', 'plan_change']) AS t (name),
      (VALUES ('INSERT', 'NEW'), ('UPDATE', 'OLD'), ('UPDATE', 'NEW'), ('DELETE', 'OLD')) AS e (event, side)
  LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_the_content()',
      lower(format('keep_the_content_%s_%s', wish.event, wish.side)), wish.event, wish.name, wish.side);
  END LOOP;
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

GRANT SELECT ON plan_step, plan_change, boundary_order TO wangge_service;
GRANT DELETE ON answer TO wangge_service;
GRANT INSERT, UPDATE (state) ON plan_step TO wangge_service;
GRANT INSERT ON plan_change TO wangge_service;
GRANT INSERT (region, boundary, number, reason, actor) ON boundary_order TO wangge_service;
GRANT UPDATE (state) ON boundary_order TO wangge_service;
GRANT EXECUTE ON FUNCTION schedule(uuid, timestamptz, text, text, bigint), publish_scheduled(uuid, timestamptz),
  revert(bigint, text, text, text), orders_undone(bigint), is_same_edition(bigint, bigint), hold_the_map(), untouched_regions(uuid), is_same_ground(geometry, geometry),
  pairs_at_odds(geometry[], bigint[], bigint[])
TO wangge_service;
