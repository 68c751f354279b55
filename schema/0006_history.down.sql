-- Back to version 5. Of what was pruned is lost what trends had of it; all else was read from what stays.
-- The search's index, where somebody wanted one (enableSearch makes it), is a reader of the log, and finds its runs by the history.
DROP TRIGGER IF EXISTS search_text_changed;
DROP TRIGGER IF EXISTS search_doubted;
DROP TABLE IF EXISTS search_words;
DROP TABLE IF EXISTS search_substrings;
DROP TABLE IF EXISTS search_runs;
DROP TABLE IF EXISTS search_state;
DROP INDEX IF EXISTS archived_worktrees_branch;
DROP INDEX IF EXISTS idx_worktrees_branch;
DROP TRIGGER IF EXISTS history_doubted;
DELETE FROM changes_readers WHERE name IN ('history', 'search');
DROP TABLE IF EXISTS history_building;
DROP TABLE IF EXISTS rollups_kept;
DROP TABLE IF EXISTS rollups;
DROP TABLE IF EXISTS history_models;
DROP TABLE IF EXISTS history;
