//! What an export has: which tables, which columns, in which order. What is derived from these (counts, the history, boards of
//! the past) is made again; the log, its readers and undo belong to their file.
//! Long because it is the declaration of the whole form: a column is a line.

/// What a column may hold. The four tables hold what anybody has written; the others only what this package writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whatever SQLite stores there.
    Any,
    /// The same, but not NULL.
    Some,
    /// A whole number.
    Integer,
    /// A whole number from a least one on.
    From(i64),
    /// A whole number, or NULL.
    MaybeInteger,
    /// Text.
    Text,
    /// Text, or NULL.
    MaybeText,
    /// JSON.
    Json,
    /// JSON, or NULL.
    MaybeJson,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, or NULL.
    MaybeWord(&'static [&'static str]),
}

/// A column of a line.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What the line calls it.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// What it is in the table, where that is no column of this name.
    pub sql: Option<&'static str>,
    /// How SQLite keeps it.
    pub affinity: &'static str,
}

/// A table as it is exported.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, there and in the lines.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// In which order its rows come. This, `since` and `only` are in SQL for SQLite's tables.
    pub order: &'static str,
    /// The columns by which a row is recognised.
    pub key: &'static [&'static str],
    /// Which rows are of a time or later; all are, where it is empty.
    pub since: &'static str,
    /// Which rows are exported at all; all, where it is empty.
    pub only: &'static str,
}

const fn column(name: &'static str, affinity: &'static str, kind: Kind) -> Column {
    Column { name, kind, sql: None, affinity }
}

const fn any(name: &'static str, affinity: &'static str) -> Column {
    column(name, affinity, Kind::Any)
}

const fn some(name: &'static str, affinity: &'static str) -> Column {
    column(name, affinity, Kind::Some)
}

const fn integer(name: &'static str) -> Column {
    column(name, "INTEGER", Kind::Integer)
}

const fn from(name: &'static str, least: i64) -> Column {
    column(name, "INTEGER", Kind::From(least))
}

const fn maybe_integer(name: &'static str) -> Column {
    column(name, "INTEGER", Kind::MaybeInteger)
}

const fn text(name: &'static str) -> Column {
    column(name, "TEXT", Kind::Text)
}

const fn maybe_text(name: &'static str) -> Column {
    column(name, "TEXT", Kind::MaybeText)
}

const fn maybe_json(name: &'static str) -> Column {
    column(name, "TEXT", Kind::MaybeJson)
}

const fn made(name: &'static str, sql: &'static str, kind: Kind) -> Column {
    Column { name, kind, sql: Some(sql), affinity: "INTEGER" }
}

/// Where a run is: in the queue, not due yet, at work. A run that waits, or has ended, is in none of these.
const PLACE: Column = Column {
    name: "place",
    kind: Kind::MaybeWord(&["queue", "delayed", "leased"]),
    sql: Some(
        "CASE WHEN EXISTS (SELECT 1 FROM main.leases AS l WHERE l.run_id = t.id) THEN 'leased' \
         WHEN EXISTS (SELECT 1 FROM main.run_delayed AS d WHERE d.due = t.available_at AND d.run = t.key) THEN 'delayed' \
         WHEN t.status = 'queued' AND t.finished_at IS NULL THEN 'queue' END",
    ),
    affinity: "TEXT",
};

const STATUSES: &[&str] = &["queued", "waiting", "succeeded", "failed", "cancelled", "timedOut", "lost"];
const ENDED: &[&str] = &["queued", "succeeded", "failed", "cancelled", "timedOut", "lost"];

/// A run that exists: not one that ended as an execution that is deleted by now, nor one that only keeps a key from being used twice.
macro_rules! is_there {
    () => {
        "id <> '' AND (NOT executed OR EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
         OR EXISTS (SELECT 1 FROM main.archived_executions AS e WHERE e.id = r.id))"
    };
}

/// What belongs to a run that exists.
macro_rules! of_run {
    ($key:literal) => {
        concat!("EXISTS (SELECT 1 FROM main.runs AS r WHERE r.key = ", $key, " AND ", is_there!(), ")")
    };
}

/// A run that ended since, or is open; `?1` is the time.
macro_rules! since_run {
    ($key:literal) => {
        concat!($key, " IN (SELECT key FROM main.runs WHERE finished_at IS NULL OR finished_at >= ?1)")
    };
}

/// All of them. What others refer to comes before what refers to it.
pub const TABLES: &[Table] = &[
    Table {
        name: "zones",
        columns: &[
            integer("rowid"),
            any("id", "TEXT"),
            some("name", "TEXT"),
            any("description", "TEXT"),
            any("trigger", "TEXT"),
            any("agents", "TEXT"),
            any("prompt_template", "TEXT"),
            any("actions", "TEXT"),
            any("position_x", "INTEGER"),
            any("position_y", "INTEGER"),
            any("size_width", "INTEGER"),
            any("size_height", "INTEGER"),
            some("created_at", "TEXT"),
            any("updated_at", "TEXT"),
        ],
        order: "rowid",
        key: &["id"],
        since: "",
        only: "",
    },
    Table {
        name: "worktrees",
        columns: &[
            integer("rowid"),
            any("id", "TEXT"),
            some("path", "TEXT"),
            some("port", "INTEGER"),
            some("branch_name", "TEXT"),
            any("issue_url", "TEXT"),
            any("task_id", "TEXT"),
            any("status", "TEXT"),
            any("position_x", "INTEGER"),
            any("position_y", "INTEGER"),
            some("created_at", "TEXT"),
            any("updated_at", "TEXT"),
        ],
        order: "rowid",
        key: &["id"],
        since: "",
        only: "",
    },
    Table {
        name: "worktree_zones",
        columns: &[integer("rowid"), some("worktree_id", "TEXT"), some("zone_id", "TEXT"), some("assigned_at", "TEXT")],
        order: "rowid",
        key: &["worktree_id"],
        since: "",
        only: "",
    },
    Table {
        name: "metadata",
        columns: &[from("entity", 1), text("id"), column("data", "TEXT", Kind::Json)],
        order: "entity, id",
        key: &["entity", "id"],
        since: "",
        only: "",
    },
    Table {
        name: "wip_limits",
        columns: &[text("zone_id"), from("most", 0)],
        order: "zone_id",
        key: &["zone_id"],
        since: "",
        only: "",
    },
    Table {
        name: "run_limits",
        columns: &[text("zone_id"), text("agent_type"), from("at_once", 0)],
        order: "zone_id, agent_type",
        key: &["zone_id", "agent_type"],
        since: "",
        only: "",
    },
    Table {
        name: "budgets",
        columns: &[
            column("scope", "TEXT", Kind::Word(&["all", "zone", "worktree", "agent"])),
            text("id"),
            column("period", "TEXT", Kind::Word(&["day", "month", "total"])),
            text("time_zone"),
            from("limit_micros", 0),
            from("spent_micros", 0),
            maybe_integer("resets_at"),
        ],
        order: "scope, id, period",
        key: &["scope", "id", "period"],
        since: "",
        only: "",
    },
    Table {
        name: "spent",
        columns: &[
            integer("quarter"),
            text("zone_id"),
            text("worktree_id"),
            text("agent_type"),
            from("cost_micros", 0),
        ],
        order: "quarter, zone_id, worktree_id, agent_type",
        key: &["quarter", "zone_id", "worktree_id", "agent_type"],
        since: "quarter >= ?1 / 900000 - 1",
        only: "",
    },
    Table {
        name: "worktree_costs",
        columns: &[text("worktree_id"), from("cost_micros", 0)],
        order: "worktree_id",
        key: &["worktree_id"],
        since: "",
        only: "",
    },
    Table {
        name: "archived_worktrees",
        columns: &[
            from("key", 1),
            text("history"),
            text("id"),
            text("path"),
            some("port", "INTEGER"),
            text("branch_name"),
            any("issue_url", "TEXT"),
            any("task_id", "TEXT"),
            any("status", "TEXT"),
            any("position_x", "INTEGER"),
            any("position_y", "INTEGER"),
            some("created_at", "TEXT"),
            any("updated_at", "TEXT"),
            maybe_text("zone_id"),
            any("assigned_at", "TEXT"),
            maybe_integer("assigned_rowid"),
            maybe_integer("at_rowid"),
            integer("archived_at"),
            maybe_integer("cost_micros"),
            maybe_json("metadata"),
            maybe_json("by"),
            maybe_text("reason"),
        ],
        order: "key",
        key: &["history"],
        since: "",
        // What was restored is on the board; its row only keeps its key from being used again.
        only: "restored_at IS NULL",
    },
    Table {
        name: "archived_executions",
        columns: &[
            made("worktree", "t.key >> 32", Kind::From(1)),
            made("nth", "t.key & 4294967295", Kind::From(0)),
            maybe_integer("at_rowid"),
            integer("made_at"),
            any("id", "TEXT"),
            some("zone_id", "TEXT"),
            some("worktree_id", "TEXT"),
            some("agent_type", "TEXT"),
            some("prompt", "TEXT"),
            any("result", "TEXT"),
            any("success", "INTEGER"),
            some("executed_at", "TEXT"),
        ],
        order: "key",
        key: &["worktree", "nth"],
        since: "made_at >= ?1",
        only: "",
    },
    Table {
        name: "executions_pruned",
        columns: &[
            text("worktree_id"),
            text("zone_id"),
            text("agent_type"),
            from("total", 0),
            from("successful", 0),
            from("failed", 0),
        ],
        order: "worktree_id, zone_id, agent_type",
        key: &["worktree_id", "zone_id", "agent_type"],
        since: "",
        only: "",
    },
    Table {
        name: "rollups_kept",
        columns: &[integer("dimension"), integer("day"), text("key"), some("whole", "BLOB"), some("quarters", "BLOB")],
        order: "dimension, day, key",
        key: &["dimension", "day", "key"],
        since: "",
        only: "",
    },
    Table {
        name: "zone_executions",
        columns: &[
            integer("rowid"),
            any("id", "TEXT"),
            some("zone_id", "TEXT"),
            some("worktree_id", "TEXT"),
            some("agent_type", "TEXT"),
            some("prompt", "TEXT"),
            any("result", "TEXT"),
            any("success", "INTEGER"),
            some("executed_at", "TEXT"),
        ],
        order: "rowid",
        key: &["id"],
        since: "coalesce((julianday(executed_at) - 2440587.5) * 86400000, 0) >= ?1 - 0.5",
        only: "",
    },
    Table {
        name: "runs",
        columns: &[
            integer("key"),
            text("id"),
            column("status", "TEXT", Kind::Word(STATUSES)),
            PLACE,
            text("zone_id"),
            text("worktree_id"),
            text("agent_type"),
            integer("priority"),
            from("answered", 0),
            integer("available_at"),
            integer("created_at"),
            maybe_integer("started_at"),
            maybe_integer("finished_at"),
            integer("duration_ms"),
            integer("worked_ms"),
            from("attempt", 0),
            integer("max_attempts"),
            from("token", 0),
            maybe_integer("finished_token"),
            from("executed", 0),
            maybe_integer("timeout_ms"),
            maybe_text("worker_id"),
            maybe_text("idempotency_key"),
            maybe_text("parent_run_id"),
            maybe_text("retry_of"),
            maybe_integer("cancel_requested_at"),
            maybe_integer("exit_code"),
            maybe_text("commit_before"),
            maybe_text("commit_after"),
            maybe_integer("files_changed"),
            maybe_integer("insertions"),
            maybe_integer("deletions"),
            maybe_integer("input_tokens"),
            maybe_integer("cached_input_tokens"),
            maybe_integer("output_tokens"),
            maybe_integer("reasoning_tokens"),
            maybe_integer("cost_micros"),
            maybe_integer("bodies_pruned_at"),
            maybe_json("by"),
            maybe_text("error"),
            maybe_text("question"),
            maybe_text("answer"),
            maybe_json("metadata"),
            maybe_json("result"),
            maybe_text("prompt"),
        ],
        order: "key",
        key: &["id"],
        since: "(finished_at IS NULL OR finished_at >= ?1)",
        only: of_run!("t.key"),
    },
    Table {
        name: "leases",
        columns: &[
            text("run_id"),
            text("zone_id"),
            text("agent_type"),
            integer("boot"),
            maybe_integer("sound_to"),
            integer("run"),
            from("token", 0),
            text("worktree_id"),
            integer("deadline"),
            integer("expires_at"),
            from("length_ms", 0),
            maybe_integer("claimed"),
            integer("claimed_at"),
            maybe_integer("left_ms"),
            from("attempt", 0),
            from("answered", 0),
            integer("started_at"),
            integer("worked_ms"),
            maybe_integer("cancel_requested_at"),
            maybe_text("cancel_reason"),
            text("worker_id"),
        ],
        order: "run_id",
        key: &["run_id"],
        since: "",
        only: "",
    },
    Table {
        name: "run_attempts",
        columns: &[
            integer("run"),
            from("token", 0),
            from("attempt", 0),
            maybe_text("worker_id"),
            maybe_integer("started_at"),
            integer("ended_at"),
            column("status", "TEXT", Kind::Word(ENDED)),
            maybe_text("error"),
        ],
        order: "run, token",
        key: &["run", "token"],
        since: since_run!("run"),
        only: of_run!("t.run"),
    },
    Table {
        name: "run_models",
        columns: &[
            integer("run"),
            text("model"),
            maybe_text("provider"),
            maybe_integer("input_tokens"),
            maybe_integer("cached_input_tokens"),
            maybe_integer("output_tokens"),
            maybe_integer("reasoning_tokens"),
            maybe_integer("cost_micros"),
            from("cost_computed", 0),
        ],
        order: "run, model",
        key: &["run", "model"],
        since: since_run!("run"),
        only: of_run!("t.run"),
    },
    Table {
        name: "usage_events",
        columns: &[integer("run"), text("event_id")],
        order: "run, event_id",
        key: &["run", "event_id"],
        since: since_run!("run"),
        only: of_run!("t.run"),
    },
    Table {
        name: "run_output",
        columns: &[
            made("run", "t.id >> 32", Kind::From(1)),
            made("sequence", "t.id & 4294967295", Kind::From(0)),
            integer("at"),
            from("stream", 0),
            from("truncated", 0),
            from("bytes", 0),
            text("text"),
        ],
        order: "id",
        key: &["run", "sequence"],
        since: since_run!("id >> 32"),
        only: of_run!("t.id >> 32"),
    },
    Table {
        name: "archived_runs",
        columns: &[integer("run"), from("worktree", 1)],
        order: "run",
        key: &["run"],
        since: since_run!("run"),
        only: of_run!("t.run"),
    },
    Table {
        name: "moves",
        columns: &[
            from("key", 1),
            integer("seq"),
            integer("stamp"),
            from("nth", 0),
            integer("at"),
            text("worktree_id"),
            maybe_text("from_zone_id"),
            maybe_text("to_zone_id"),
            maybe_text("branch_name"),
            maybe_text("from_name"),
            maybe_text("to_name"),
            maybe_json("by"),
            maybe_text("reason"),
        ],
        order: "key",
        key: &["seq", "stamp", "nth", "worktree_id", "at"],
        since: "at >= ?1",
        only: "",
    },
];

impl Table {
    /// The statement that reads it; with `since` only what is of a time or later, which is its first value.
    #[must_use]
    pub fn select(&self, since: bool) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| column.of("t")).collect();
        let conditions: Vec<&str> =
            [self.only, if since { self.since } else { "" }].into_iter().filter(|of| !of.is_empty()).collect();
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        format!("SELECT {} FROM main.{} AS t{filter} ORDER BY {}", columns.join(", "), self.name, self.order)
    }

    /// Its index in [`TABLES`].
    #[must_use]
    pub fn named(name: &str) -> Option<usize> {
        TABLES.iter().position(|table| table.name == name)
    }
}

impl Column {
    /// The column of a row of the table, as SQL.
    #[must_use]
    pub fn of(&self, alias: &str) -> String {
        self.sql.map_or_else(|| format!("{alias}.\"{}\"", self.name), |sql| sql.replace("t.", &format!("{alias}.")))
    }
}
