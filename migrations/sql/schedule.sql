-- A plan that waits for its instant: its regions and new codes are kept for it, and nobody publishes it before.

CREATE OR REPLACE FUNCTION check_reserved(p_regions text[], p_plan uuid) RETURNS void
LANGUAGE plpgsql AS $$
-- Regions, or codes that were never published, that another plan waits with; p_plan is the one that asks, if a plan does.
DECLARE
  reserved text[];
  plans text[];
BEGIN
  SELECT array_agg(DISTINCT r.code), array_agg(DISTINCT s.id::text) INTO reserved, plans
  FROM plan AS s CROSS JOIN LATERAL (
    SELECT o.code FROM plan_region AS o WHERE o.plan = s.id AND o.cause = 'publish' AND o.code = ANY (p_regions)
    EXCEPT SELECT untouched_regions(s.id)
  ) AS r
  WHERE s.state = 'scheduled' AND s.at IS NOT NULL AND s.id IS DISTINCT FROM p_plan
    AND EXISTS (SELECT FROM plan_region AS o WHERE o.plan = s.id AND o.cause = 'publish' AND o.code = ANY (p_regions));
  IF reserved IS NULL THEN
    SELECT array_agg(DISTINCT w.code), array_agg(DISTINCT s.id::text) INTO reserved, plans
    FROM plan AS s
    JOIN plan_item AS w ON w.plan = s.id AND w.layer = 'grid'
    JOIN plan_item AS p ON p.plan = p_plan AND p.layer = 'grid' AND p.code = w.code
    WHERE s.state = 'scheduled' AND s.at IS NOT NULL AND s.id <> p_plan
      AND NOT EXISTS (
        SELECT FROM identity AS i JOIN grid AS g ON g.id = i.id JOIN edition AS e ON e.id = g.edition
        WHERE i.layer = 'grid' AND i.code = p.code AND NOT isempty(e.numbers));
  END IF;
  IF reserved IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WG016', MESSAGE = 'a scheduled plan waits with the region or the code',
      DETAIL = json_build_object('codes', reserved, 'plans', plans)::text;
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION schedule(p_plan uuid, p_at timestamptz, p_actor text, p_reason text, p_proven_against bigint)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- After a dry run that proved the plan against a publication: that one must still be in force.
BEGIN
  PERFORM FROM plan WHERE id = p_plan AND state IN ('draft', 'approved') FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM refuse('WG008', 'there is no such plan that may be scheduled', ARRAY[p_plan::text]);
  END IF;
  PERFORM FROM head WHERE publication = p_proven_against FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM refuse('WG002', 'something was published since the proof', '{}');
  END IF;
  PERFORM check_reserved(ARRAY(SELECT code FROM plan_region WHERE plan = p_plan
                               EXCEPT SELECT untouched_regions(p_plan)), p_plan);
  UPDATE plan SET state = 'scheduled', at = p_at, revision = revision + 1, stamp = gen_random_uuid() WHERE id = p_plan;
  INSERT INTO log (actor, action, reason, plan, details)
  SELECT p_actor, 'schedule', p_reason, p_plan, jsonb_build_object('at', at, 'revision', revision, 'state', state)
  FROM plan WHERE id = p_plan;
  PERFORM pg_notify('wangge_event', '');
END
$$;

CREATE OR REPLACE FUNCTION publish_scheduled(p_plan uuid, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- In the name of who scheduled it.
DECLARE
  wish log;
BEGIN
  PERFORM FROM plan WHERE id = p_plan AND state = 'scheduled' AND at <= p_now FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM refuse('WG008', 'there is no such plan whose instant has come', ARRAY[p_plan::text]);
  END IF;
  SELECT * INTO wish FROM log WHERE plan = p_plan AND action = 'schedule' ORDER BY id DESC LIMIT 1;
  RETURN bring_into_force(p_plan, wish.actor, wish.reason);
END
$$;
