//! Reading a run, and locking it while a call decides about it.

use tokio_postgres::Row;

use super::clock::{NOW, moment};
use super::columns::{FROM, Found, columns, read};
use super::reader::Reader;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::cells::{push_execution, push_listed, push_one, text};
use crate::engine::run::record::Record;
use crate::error::Result;
use crate::model::run::{Moment, Status};
use crate::rows::Batch;

/// Locks runs until the end of the call, after their worktrees and zones: deleting those locks them before their runs. `$1` are the ids.
pub(super) const HOLD: &str = "WITH w AS (SELECT 1 FROM {s}.worktrees WHERE id IN (SELECT worktree_id FROM {s}.runs WHERE id = ANY ($1)) ORDER BY id FOR KEY SHARE), \
     z AS (SELECT 1 FROM {s}.zones WHERE id IN (SELECT zone_id FROM {s}.runs WHERE id = ANY ($1)) ORDER BY id FOR KEY SHARE), \
     r AS (SELECT 1 FROM {s}.runs WHERE id = ANY ($1) ORDER BY key FOR UPDATE) \
     SELECT (SELECT count(*) FROM w), (SELECT count(*) FROM z), (SELECT count(*) FROM r)";

/// A run that a call has locked.
pub(super) struct Held {
    pub record: Record,
    /// What was deleted, if anything.
    pub gone: Option<&'static str>,
    /// Whether another execution has its id.
    pub is_taken: bool,
}

/// What a decision about a run needs to know beside its columns.
pub(super) fn beside() -> String {
    format!(
        "EXISTS (SELECT 1 FROM {{s}}.zones AS p WHERE p.id = r.zone_id), EXISTS (SELECT 1 FROM {{s}}.worktrees AS p WHERE p.id = r.worktree_id), \
         NOT r.executed AND EXISTS (SELECT 1 FROM {{s}}.zone_executions AS x WHERE x.id = r.id), {NOW}"
    )
}

/// Reads the columns of `columns` and `beside`: a run, where it isn't gone, and the server's time.
pub(super) fn read_held(row: &Row) -> (Option<Held>, i64) {
    let (found, reader) = read(row);
    let (has_zone, has_worktree, is_taken) = (reader.is(), reader.is(), reader.is());
    let gone = match (has_zone, has_worktree) {
        (false, _) => Some("The zone was deleted"),
        (_, false) => Some("The worktree was deleted"),
        _ => None,
    };
    (found.map(|Found { record, .. }| Held { record, gone, is_taken }), reader.integer())
}

impl Work<'_> {
    /// Locks the runs with these ids, and reads them and the time.
    pub(super) fn hold(&self, ids: &[&str], wall_ms: i64) -> Result<(Vec<Held>, Moment)> {
        self.hold_and_ask(ids, wall_ms, &[]).map(|(held, now, _)| (held, now))
    }

    /// The same, and asks something more in the same trip.
    pub(super) fn hold_and_ask(
        &self,
        ids: &[&str],
        wall_ms: i64,
        more: &[(&str, &[Value<'_>])],
    ) -> Result<(Vec<Held>, Moment, Vec<Vec<Row>>)> {
        let ids = [Value::Texts(ids.to_vec())];
        // A statement behind the one that locks sees what the last holders of these locks have done.
        let sql = format!("SELECT {}, {} FROM {FROM} WHERE r.id = ANY ($1) ORDER BY r.key", columns(true), beside());
        let now = format!("SELECT {NOW}");
        let mut asked: Vec<(&str, &[Value<'_>])> = vec![(HOLD, &ids), (&sql, &ids), (&now, &[])];
        asked.extend_from_slice(more);
        let mut answers = self.ask(&asked)?;
        let more = answers.split_off(3.min(answers.len()));
        let [_, runs, now] = answers.try_into().unwrap_or_default();
        let now = now.first().map_or(0, |row| Reader::of(row).integer());
        let held = runs.iter().filter_map(|row| read_held(row).0).collect();
        Ok((held, moment(now, wall_ms), more))
    }
}

impl Store {
    /// Appends the run with this id, if there is one.
    pub(super) fn push_run(&self, id: &str, batch: &mut Batch) -> Result<()> {
        let sql = format!("SELECT {} FROM {FROM} WHERE r.id = $1", columns(true));
        let row = self.read_one(&sql, &[id.into()])?;
        match row.as_ref().and_then(|row| read(row).0) {
            Some(Found { record, recorded_at: Some(made) }) => {
                push_recorded(batch, &record, &made, false);
                batch.end_row();
            }
            Some(Found { record, recorded_at: None }) => push_one(batch, Some(&record)),
            None => {}
        }
        Ok(())
    }
}

/// Appends what is only recorded as an execution; in a list only the cells that it has.
pub(super) fn push_recorded(batch: &mut Batch, record: &Record, made: &str, is_listed: bool) {
    let Status::Ended(end) = record.life.status() else { return };
    let columns = [
        Some(record.id.as_str()),
        Some(&record.zone_id),
        Some(&record.worktree_id),
        Some(&record.agent_type),
        Some(record.prompt.as_deref().unwrap_or_default()),
        record.said.result.as_deref(),
        None,
        Some(made),
    ];
    let cell = |batch: &mut Batch, column: usize| text(batch, columns.get(column).copied().flatten());
    let (used, metadata) = (&record.usage, record.metadata.as_deref());
    if is_listed {
        push_listed(batch, cell, end, used, metadata);
    } else {
        push_execution(batch, cell, end, used, metadata);
    }
}
