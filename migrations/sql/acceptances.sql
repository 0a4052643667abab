-- An acceptance is somebody's word: it may be withdrawn once, and nothing else about it ever changes.

CREATE FUNCTION keep_the_word() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
     AND to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_by' = to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_by' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = 'an acceptance is withdrawn once and never changed or taken out';
END
$$;

CREATE TRIGGER keep_the_word BEFORE UPDATE OR DELETE ON acceptance
  FOR EACH ROW EXECUTE FUNCTION keep_the_word();
CREATE TRIGGER never_empty BEFORE TRUNCATE ON acceptance
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();

REVOKE ALL ON FUNCTION keep_the_word() FROM PUBLIC;
GRANT SELECT, INSERT (rule, severity, codes, shape, reason, actor), UPDATE (withdrawn_at, withdrawn_by) ON acceptance
  TO wangge_service;
