//! The statements of boards of the past. Tables are named with `main.`, since a TEMP table of the same name would come first.

use super::super::queries::queries;

queries! {
    /// A statement of boards of the past.
    Sql;

    /// The row of the log at a number, or the next one: its number and time.
    LogAt = "SELECT seq, at FROM main.changes WHERE seq >= ?1 ORDER BY seq LIMIT 1";
    /// The boards that were kept at a row or before, from which the log goes on, the latest first.
    Kept =
        "SELECT b.seq, b.data FROM main.boards AS b CROSS JOIN main.changes AS c ON c.seq = b.seq AND c.stamp = b.stamp \
         WHERE b.seq <= ?1 ORDER BY b.seq DESC";
    /// The time of the first board that is kept.
    FirstKept =
        "SELECT c.at FROM main.boards AS b CROSS JOIN main.changes AS c ON c.seq = b.seq AND c.stamp = b.stamp ORDER BY b.seq LIMIT 1";
    /// What was done to the canvas between two rows, both included.
    Canvas =
        "SELECT entity, op, id, zone_id, success, data, agent_type FROM main.changes \
         WHERE seq >= ?1 AND seq <= ?2 AND entity IN (1, 2, 3, 6, 7) ORDER BY seq";
    /// The last row of the log at a number, or before.
    LogUntil = "SELECT seq FROM main.changes WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1";
    /// What was changed, after a row and before a time, of worktrees and assignments: with who did it, and whether anybody reads
    /// on from there.
    Drawn =
        "SELECT seq, entity, op, id, data, \"by\", at, seq % 8192 = 0 OR seq IN (SELECT seq FROM main.changes_readers) \
           OR seq IN (SELECT checked_to FROM main.changes_state) OR seq IN (SELECT seq FROM main.boards) \
           OR seq IN (SELECT first FROM main.changes_spans) \
         FROM main.changes WHERE seq > ?1 AND at < ?2 AND entity IN (1, 3) ORDER BY seq LIMIT +?3";
    /// Makes a row say what two of them said.
    Merge = "UPDATE main.changes SET data = ?2 WHERE seq = ?1";
    /// Deletes the other.
    DeleteRow = "DELETE FROM main.changes WHERE seq = ?1";
    /// The row before what was changed together with a row, and its last row; nothing where somebody has emptied the log since.
    Span =
        "SELECT s.first - 1, s.last FROM main.changes_spans AS s CROSS JOIN main.changes AS c ON c.seq = s.first AND c.stamp = s.stamp \
         WHERE s.first <= ?1 ORDER BY s.first DESC LIMIT 1";
    /// How many rows the log has got since a board was kept.
    SinceKept =
        "SELECT (SELECT seq FROM main.changes ORDER BY seq DESC LIMIT 1) \
         - coalesce((SELECT seq FROM main.boards ORDER BY seq DESC LIMIT 1), -8192)";
    /// Keeps a board.
    KeepBoard = include_str!("../../../../../schema/keep_board.sql");
    /// Notes rows that were changed together.
    InsertSpan =
        "INSERT OR REPLACE INTO main.changes_spans (first, stamp, last) SELECT seq, stamp, ?2 FROM main.changes WHERE seq = ?1";
}
