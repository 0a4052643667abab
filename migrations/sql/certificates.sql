-- A certificate is made once: the service adds one for a publication that has none, and nobody changes it afterwards.

CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate
  FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();

GRANT SELECT, INSERT ON certificate TO wangge_service;
