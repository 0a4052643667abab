-- Boundaries that were ordered come into force with the publication that has them.

CREATE OR REPLACE FUNCTION is_same_ground(one geometry, other geometry) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Two boundaries that differ by nodes alone, each at most a lattice step off the other's line. The quarters of every
  -- edge are measured too: two outlines can have all their nodes in common and not their edges.
  SELECT one && other AND ST_HausdorffDistance(one, other, 0.25) < 1.5e-7
$$;

CREATE OR REPLACE FUNCTION hold_the_map() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- The number in force; nothing is published from here to the end of the transaction.
  SELECT publication FROM head FOR SHARE
$$;

CREATE OR REPLACE FUNCTION settle_orders(staged bigint[], n bigint) RETURNS void
LANGUAGE sql AS $$
  UPDATE boundary_order AS o SET state = 'in_force', publication = n
  FROM identity AS i JOIN edition AS e ON e.region = i.id AND e.id = ANY (staged)
  WHERE o.state = 'pending' AND i.layer = 'region' AND i.code = o.region AND is_same_ground(o.boundary, e.boundary)
$$;

CREATE OR REPLACE FUNCTION keep_the_order() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'pending' AND NEW.state IN ('withdrawn', 'in_force')
     AND (NEW.id, NEW.region, NEW.number, NEW.reason, NEW.actor, NEW.at) = (OLD.id, OLD.region, OLD.number, OLD.reason, OLD.actor, OLD.at)
     AND ST_AsBinary(NEW.boundary) = ST_AsBinary(OLD.boundary) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'an order is settled once and never changed or taken out';
END
$$;

CREATE TRIGGER keep_the_order BEFORE UPDATE OR DELETE ON boundary_order
  FOR EACH ROW EXECUTE FUNCTION keep_the_order();
CREATE TRIGGER never_empty BEFORE TRUNCATE ON boundary_order
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();
