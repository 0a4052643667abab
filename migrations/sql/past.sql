-- Rows that were published are history.

CREATE OR REPLACE FUNCTION keep_the_past() RETURNS trigger
LANGUAGE plpgsql AS $$
-- A row that is in force may be closed once, and nothing else about it changes.
DECLARE
  closed record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF isempty(OLD.numbers) THEN
      RETURN NEW;
    END IF;
    closed := OLD;
    closed.numbers := NEW.numbers;
    IF in_force(OLD.numbers) AND lower(NEW.numbers) = lower(OLD.numbers) AND closed *= NEW THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'WG010', MESSAGE = format('a published row of %s is never changed', TG_TABLE_NAME);
END
$$;
