-- Who may do what with jobs. The queue is a library's own: nobody but the service's role may touch it or call it.

-- files come compressed as they are: PostgreSQL need not try again
ALTER TABLE upload_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

GRANT SELECT, INSERT, UPDATE, DELETE ON job, upload_chunk TO wangge_service;

GRANT USAGE ON SCHEMA queue TO wangge_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA queue TO wangge_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue TO wangge_service;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA queue FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA queue TO wangge_service;
