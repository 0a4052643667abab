-- People are things of a plan too; what stood on the ground so far is a part of all things now.

ALTER VIEW thing_in_force RENAME TO standing_in_force;
CREATE VIEW thing_in_force AS
  SELECT layer, id, shape, attributes FROM standing_in_force
  UNION ALL
  SELECT 'person', p.id, NULL, jsonb_build_object('name', p.name, 'phone', p.phone, 'place', o.code, 'place_layer', o.layer,
         'role', p.role, 'post', p.post, 'subject', p.subject, 'since', p.since, 'until', p.until)
  FROM person AS p JOIN identity AS o ON o.id = p.place WHERE in_force(p.numbers);

CREATE TRIGGER keep_the_past BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION keep_the_past();
CREATE TRIGGER never_empty BEFORE TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION keep_for_ever();
GRANT SELECT ON person, thing_in_force TO wangge_service;
