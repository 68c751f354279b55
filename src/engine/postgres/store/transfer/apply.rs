//! Lines become part of the board: compared with it and written in one transaction. Triggers log each row as they log any new one; the
//! ledger comes with the lines, so it isn't written by triggers.

use super::load::staged;
use crate::engine::Imported;
use crate::engine::postgres::client::value::{cell, integer};
use crate::engine::postgres::store::Store;
use crate::engine::transfer::tables::{TABLES, Table};
use crate::error::Result;

/// The tables whose rows are numbered in the order in which they came.
const IN_ORDER: &[&str] = &["zones", "worktrees", "worktree_zones", "zone_executions"];
/// The order in which tables are filled. A run comes before its execution, since the trigger would make a run of that.
const FILLED: &[&str] = &[
    "zones",
    "worktrees",
    "metadata",
    "wip_limits",
    "archived_worktrees",
    "runs",
    "zone_executions",
    "archived_executions",
    "archived_runs",
    "worktree_zones",
    "run_limits",
    "budgets",
    "spent",
    "worktree_costs",
    "executions_pruned",
    "rollups_kept",
    "leases",
    "run_attempts",
    "run_models",
    "usage_events",
    "run_output",
    "moves",
];

/// The keys that executions have as runs: archived ones keep theirs, or, where another run has it by now, get one behind all others.
/// `{shift}` is what is added to the numbers of executions.
const NUMBER_EXECUTIONS: &str = "CREATE TEMP TABLE executions_here ON COMMIT DROP AS \
     SELECT id, 1099511627776 + rowid + {shift} AS key FROM {zone_executions} \
     UNION ALL SELECT a.id, CASE WHEN e.rowid IS NULL AND r.key IS NULL AND count(*) OVER (PARTITION BY a.at_rowid) = 1 AND a.at_rowid IS NOT NULL \
     THEN 1099511627776 + a.at_rowid + {shift} ELSE b.last + row_number() OVER (ORDER BY a.line) END \
     FROM {archived_executions} AS a LEFT JOIN {zone_executions} AS e ON e.rowid = a.at_rowid \
     LEFT JOIN {s}.runs AS r ON r.key = 1099511627776 + a.at_rowid + {shift}, \
     LATERAL (SELECT greatest(1099511627776, (SELECT max(key) FROM {s}.runs WHERE recorded), \
     (SELECT 1099511627776 + max(rowid) + {shift} FROM {zone_executions}), \
     (SELECT 1099511627776 + max(at_rowid) + {shift} FROM {archived_executions})) AS last) AS b";
const NUMBER_ARCHIVED: &str = "CREATE TEMP TABLE archived_here ON COMMIT DROP AS \
     SELECT s.key AS old, coalesce(m.key, s.key + (SELECT coalesce(max(key), 0) FROM {s}.archived_worktrees)) AS here \
     FROM {archived_worktrees} AS s LEFT JOIN {s}.archived_worktrees AS m ON m.history = s.history";
/// The key of each run here, and the one that its line would have. A run whose execution is nowhere is gone.
const NUMBER_RUNS: &str = "CREATE TEMP TABLE runs_here ON COMMIT DROP AS \
     SELECT s.key AS old, coalesce(m.key, CASE WHEN s.key > 0 THEN s.key + b.key ELSE e.key END) AS here, \
     coalesce(CASE WHEN m.recorded THEN m.note ELSE m.key END, s.key + CASE WHEN s.key > 0 THEN b.key ELSE b.note END) AS line \
     FROM {runs} AS s LEFT JOIN {s}.runs AS m ON m.id = s.id LEFT JOIN pg_temp.executions_here AS e ON e.id = s.id, \
     LATERAL (SELECT (SELECT coalesce(max(key), 0) FROM {s}.runs WHERE NOT recorded) AS key, (SELECT coalesce(min(note), 0) FROM {s}.runs) AS note) AS b \
     WHERE s.executed = 0 OR e.id IS NOT NULL OR m.id IS NOT NULL";

/// The note of an execution whose run is there already.
const NOTES: &str = "UPDATE {s}.runs AS r SET note = h.line, input_tokens = s.input_tokens, cached_input_tokens = s.cached_input_tokens, \
     output_tokens = s.output_tokens, reasoning_tokens = s.reasoning_tokens, cost_micros = s.cost_micros, bodies_pruned_at = s.bodies_pruned_at \
     FROM {runs} AS s JOIN pg_temp.runs_here AS h ON h.old = s.key WHERE r.key = h.here AND r.recorded AND r.note IS NULL RETURNING s.line";
/// A run, with its lease. The server's clock shows the wall time, too.
const RUNS: &str = "INSERT INTO {s}.runs (key, id, status, zone_id, worktree_id, agent_type, priority, urgency, not_before, available_at, created_at, \
     started_at, finished_at, duration_ms, worked_ms, attempt, max_attempts, token, finished_token, timeout_ms, deadline, expires_at, length_ms, \
     claimed, claimed_at, sound_to, cancel_requested_at, answered, executed, recorded, exit_code, files_changed, insertions, deletions, \
     input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, bodies_pruned_at, worker_id, worker_before, idempotency_key, \
     parent_run_id, retry_of, cancel_reason, commit_before, commit_after, by, error, question, answer, metadata, result, prompt, note) \
     SELECT h.here, s.id, CASE s.place WHEN 'leased' THEN 'running' ELSE s.status END, s.zone_id, s.worktree_id, s.agent_type, s.priority, \
     -s.priority - CASE WHEN s.answered <> 0 THEN 18014398509481984 ELSE 0 END, CASE s.place WHEN 'delayed' THEN s.available_at END, \
     s.available_at, s.created_at, coalesce(l.started_at, s.started_at), s.finished_at, s.duration_ms, coalesce(l.worked_ms, s.worked_ms), \
     coalesce(l.attempt, s.attempt), s.max_attempts, coalesce(l.token, s.token), s.finished_token, s.timeout_ms, l.expires_at, l.expires_at, \
     l.length_ms, l.claimed_at, l.claimed_at, CASE WHEN l.run IS NOT NULL THEN least(l.expires_at, l.claimed_at + l.left_ms + 1) END, \
     coalesce(l.cancel_requested_at, s.cancel_requested_at), s.answered <> 0, s.executed <> 0, s.key < 0, s.exit_code, s.files_changed, \
     s.insertions, s.deletions, s.input_tokens, s.cached_input_tokens, s.output_tokens, s.reasoning_tokens, s.cost_micros, s.bodies_pruned_at, \
     coalesce(l.worker_id, s.worker_id), CASE WHEN l.run IS NOT NULL THEN s.worker_id END, s.idempotency_key, s.parent_run_id, s.retry_of, \
     l.cancel_reason, s.commit_before, s.commit_after, s.by, s.error, s.question, s.answer, s.metadata, s.result, s.prompt, \
     CASE WHEN s.key < 0 THEN h.line END \
     FROM {runs} AS s JOIN pg_temp.runs_here AS h ON h.old = s.key LEFT JOIN {leases} AS l ON l.run_id = s.id \
     WHERE NOT EXISTS (SELECT 1 FROM {s}.runs AS m WHERE m.key = h.here) ORDER BY s.line RETURNING key";

/// Archived executions are runs, too; these and the archived worktrees' other runs get their key.
const ARCHIVE: [&str; 4] = [
    "INSERT INTO {s}.runs (key, id, status, zone_id, worktree_id, agent_type, available_at, created_at, finished_at, attempt, executed, recorded) \
     SELECT h.key, s.id, CASE WHEN coalesce(s.success, 0) = 0 THEN 'failed' ELSE 'succeeded' END, s.zone_id, s.worktree_id, s.agent_type, made, made, \
     nullif(made, -8640000000000001), 1, true, true \
     FROM {archived_executions} AS s JOIN pg_temp.executions_here AS h ON h.id = s.id, LATERAL (SELECT {s}.instant(s.executed_at) AS made) AS instant \
     ON CONFLICT (id) DO NOTHING",
    "UPDATE {s}.runs AS r SET archive = h.here FROM {archived_executions} AS s JOIN pg_temp.archived_here AS h ON h.old = s.worktree \
     WHERE r.id = s.id",
    "UPDATE {s}.runs AS r SET archive = h.here FROM {archived_runs} AS s JOIN pg_temp.archived_here AS h ON h.old = s.worktree \
     JOIN pg_temp.runs_here AS n ON n.old = s.run WHERE r.key = n.here",
    "UPDATE {s}.archived_worktrees AS a SET executions = e.count FROM \
     (SELECT archive, count(*) AS count FROM {s}.archived_executions GROUP BY archive) AS e \
     WHERE a.key = e.archive AND a.key IN (SELECT here FROM pg_temp.archived_here)",
];

impl Store {
    /// Makes the lines part of the board. Within a transaction.
    pub(super) fn apply(&self) -> Result<Imported> {
        let shifts: Vec<i64> = IN_ORDER.iter().map(|table| self.shift(table)).collect::<Result<_>>()?;
        let shift =
            |table: &str| IN_ORDER.iter().zip(&shifts).find(|(name, _)| **name == table).map_or(0, |(_, by)| *by);
        let executions = NUMBER_EXECUTIONS.replace("{shift}", &shift("zone_executions").to_string());
        for number in [&executions, NUMBER_ARCHIVED, NUMBER_RUNS] {
            self.write(&of_lines(number), &[])?;
        }
        let mut counts = Imported { equal: self.leave_out_what_is_there()?, added: Vec::with_capacity(TABLES.len()) };
        let last_move = self.one_number("SELECT max(key) FROM {s}.moves")?.unwrap_or(0);
        for name in FILLED {
            let Some(table) = TABLES.iter().find(|table| table.name == *name) else { continue };
            let added = match *name {
                "runs" => self.count(NOTES)? + self.count(RUNS)?,
                // It is in the row of its run.
                "leases" => self.count("SELECT l.line FROM {leases} AS l JOIN {runs} AS s ON s.id = l.run_id")?,
                "metadata" => {
                    self.count(&metadata("worktrees", 1))? + self.count(&metadata("zones", 2))?
                }
                "wip_limits" => self.count(
                    "UPDATE {s}.zones AS z SET wip_limit = s.most FROM {wip_limits} AS s WHERE z.id = s.zone_id RETURNING s.line",
                )?,
                "moves" => self.take_moves(table, last_move)?,
                "archived_runs" => self.count("SELECT line FROM {archived_runs}")?,
                _ => self.count(&insert(table, &shift))?,
            };
            counts.added.push((table.name, added));
        }
        for sql in ARCHIVE {
            self.write(&of_lines(sql), &[])?;
        }
        self.tell()?;
        self.count_on()?;
        Ok(counts)
    }

    /// What is added to the numbers of rows, so that new ones come behind those that are there. In an empty table they keep theirs.
    fn shift(&self, table: &str) -> Result<i64> {
        let sql = format!(
            "SELECT coalesce(greatest((SELECT max(seq) FROM {{s}}.{table}), 0) + 1 - least(min(rowid), 1), 0) \
             FROM {} WHERE EXISTS (SELECT 1 FROM {{s}}.{table})",
            staged(table)
        );
        Ok(self.one_number(&sql)?.unwrap_or(0))
    }

    /// Logs what no trigger logs: limits and budgets.
    fn tell(&self) -> Result<()> {
        for sql in [
            "SELECT {s}.log(7, 2, 'limit', nullif(zone_id, ''), NULL, nullif(agent_type, ''), NULL, json_build_object('limit', at_once)::text) \
             FROM {run_limits} ORDER BY line",
            "SELECT {s}.log(7, 2, 'budget', CASE scope WHEN 'zone' THEN id END, CASE scope WHEN 'worktree' THEN id END, \
             CASE scope WHEN 'agent' THEN id END, NULL, json_build_object('period', period, 'limitMicros', limit_micros)::text) \
             FROM {budgets} ORDER BY line",
        ] {
            self.write(&of_lines(sql), &[])?;
        }
        Ok(())
    }

    /// Sets the sequences behind what was imported.
    fn count_on(&self) -> Result<()> {
        for (table, column, of) in [
            ("zones", "seq", ""),
            ("worktrees", "seq", ""),
            ("worktree_zones", "seq", ""),
            ("zone_executions", "seq", ""),
            ("archived_worktrees", "key", ""),
            ("runs", "key", " WHERE NOT recorded"),
            ("moves", "key", ""),
        ] {
            // The key of a recorded run is made of its execution's number, and so are those in the archive.
            let last = if table == "zone_executions" {
                "greatest(max(seq), (SELECT max(key) - 1099511627776 FROM {s}.runs WHERE recorded))".to_owned()
            } else {
                format!("max({column})")
            };
            let sql = format!(
                "SELECT setval(s.name, greatest(last + 1, nextval(s.name)), false) \
                 FROM (SELECT pg_get_serial_sequence(format('%I.{table}', $1), '{column}')::regclass AS name, \
                 (SELECT {last} FROM {{s}}.{table}{of}) AS last) AS s WHERE last IS NOT NULL"
            );
            self.write(&sql, &[self.name.as_str().into()])?;
        }
        self.write(
            "SELECT setval(s.name, least(last - 1, nextval(s.name)), false) FROM (SELECT format('%I.notes', $1)::regclass AS name, \
             (SELECT min(note) FROM {s}.runs) AS last) AS s WHERE last IS NOT NULL",
            &[self.name.as_str().into()],
        )
        .map(drop)
    }

    /// How many rows a statement gives.
    pub(super) fn count(&self, sql: &str) -> Result<u64> {
        let sql = format!("WITH given AS ({}) SELECT count(*) FROM given", of_lines(sql));
        let rows = if sql.contains("INSERT") || sql.contains("UPDATE") {
            self.write(&sql, &[])?
        } else {
            self.read(&sql, &[])?
        };
        Ok(rows.first().map_or(0, |row| integer(row, 0)) as u64)
    }

    pub(super) fn one_number(&self, sql: &str) -> Result<Option<i64>> {
        Ok(self.read_one(sql, &[])?.and_then(|row| cell(&row, 0).map(|cell| cell.integer())))
    }
}

/// A statement in which `{table}` stands for the staged lines of that table.
pub(super) fn of_lines(sql: &str) -> String {
    TABLES.iter().fold(sql.to_owned(), |sql, table| sql.replace(&format!("{{{}}}", table.name), &staged(table.name)))
}

fn metadata(table: &str, entity: i64) -> String {
    format!(
        "UPDATE {{s}}.{table} AS t SET metadata = s.data FROM {{metadata}} AS s WHERE s.entity = {entity} AND t.id = s.id RETURNING s.line"
    )
}

fn insert(table: &Table, shift: &impl Fn(&str) -> i64) -> String {
    let (mut names, mut values, mut join) = (Vec::new(), Vec::new(), "");
    for column in table.columns {
        let name = column.name;
        let (name, value) = match (table.name, name) {
            (of, "rowid") => ("seq", format!("s.rowid + {}", shift(of))),
            ("archived_executions", "worktree") => {
                join = "JOIN pg_temp.archived_here AS h ON h.old = s.worktree JOIN pg_temp.executions_here AS e ON e.id = s.id";
                ("archive", "h.here".to_owned())
            }
            ("archived_worktrees", "key") => {
                join = "JOIN pg_temp.archived_here AS h ON h.old = s.key";
                ("key", "h.here".to_owned())
            }
            ("archived_executions", "at_rowid") => {
                ("seq", format!("coalesce(s.at_rowid + {}, e.key - 1099511627776)", shift("zone_executions")))
            }
            ("archived_worktrees", "at_rowid") => ("seq", format!("coalesce(s.at_rowid + {}, 0)", shift("worktrees"))),
            ("archived_worktrees", "assigned_rowid") => {
                ("assigned_seq", format!("s.assigned_rowid + {}", shift("worktree_zones")))
            }
            // It is computed here.
            ("archived_executions", "made_at") => continue,
            (_, "run") => {
                join = "JOIN pg_temp.runs_here AS h ON h.old = s.run";
                ("run", "h.here".to_owned())
            }
            ("run_models", "cost_computed") | ("run_output", "truncated") => (name, format!("s.{name} <> 0")),
            _ => (name, format!("s.\"{name}\"")),
        };
        names.push(format!("\"{name}\""));
        values.push(value);
    }
    let more = match table.name {
        "run_models" => Some(("made", "(SELECT r.created_at FROM {s}.runs AS r WHERE r.key = h.here)")),
        "run_output" => Some(("length", "s.length")),
        "archived_worktrees" => Some(("executions", "0")),
        _ => None,
    };
    if let Some((name, value)) = more {
        names.push(name.to_owned());
        values.push(value.to_owned());
    }
    format!(
        "INSERT INTO {{s}}.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {2} FROM {3} AS s {join} ORDER BY s.line RETURNING 1",
        table.name,
        names.join(", "),
        values.join(", "),
        staged(table.name)
    )
}
