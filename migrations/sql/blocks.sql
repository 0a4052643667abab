-- Blocks are no content of a plan: nothing of them is ever published, and a new drawing takes the place of the last one.

GRANT SELECT ON plan_blocks, plan_block TO wangge_service;
GRANT INSERT, UPDATE (times) ON plan_blocks TO wangge_service;
GRANT INSERT, DELETE ON plan_block TO wangge_service;
