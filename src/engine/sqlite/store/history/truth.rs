//! The run or execution that has an id now, as the history has it. Whatever was done to it, and by whom, what counts is what it
//! came to.

use super::VERSION;
use super::line::{Line, NO_TIME, Place, RECORDED, Recorded, Used, archived_name, code, place};
use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::{Store, runs};
use crate::error::Result;
use crate::model::run::{End, Status};
use crate::model::time;

/// What has an id now.
#[derive(Default)]
pub(super) struct Truth {
    /// As the history is to have it.
    pub line: Option<Line>,
    /// Where the history may have this id otherwise: rows that are to go.
    pub old: Vec<Place>,
}

/// A run, or the notes on an execution.
struct Run {
    line: Line,
    is_open: bool,
    is_gone: bool,
}

impl Store {
    /// What has an id now. `key` is for an execution that was only recorded: it gets that if it is new to the history or, with
    /// `anew`, made again.
    pub(super) fn truth(&self, id: &str, key: i64, anew: bool) -> Result<Truth> {
        let run = if self.version >= runs::VERSION { self.first(Sql::RunOf, &[Bind::Text(id)], run_of)? } else { None };
        let (models, [input_tokens, output_tokens, cost_micros]) =
            run.as_ref().map_or_else(|| Ok(Default::default()), |run| self.used(run.line.place.key))?;
        let is_kept = self.version >= VERSION;
        let known = if is_kept { self.first(Sql::PlaceOf, &[Bind::Text(id)], place)? } else { None };
        let mut truth = Truth { old: known.into_iter().collect(), line: None };
        // A key below 0 is that of the notes on an execution.
        if let Some(Run { mut line, is_open, is_gone }) = run.filter(|run| run.line.place.key > 0) {
            if known != Some(line.place) {
                truth.old.push(line.place);
            }
            let said = |amount: Option<i64>| amount.filter(|_| !is_open);
            line.input_tokens = said(input_tokens);
            line.output_tokens = said(output_tokens);
            line.cost_micros = said(cost_micros);
            line.models = models;
            if !is_open && let Some(archived) = self.archive_of_run(line.place.key, id)? {
                line.worktree_id = archived_name(archived);
            }
            truth.line = (!is_gone).then_some(line);
            return Ok(truth);
        }
        let key = if anew { key } else { known.map_or(key, |known| known.key) };
        let found = self.first(Sql::ExecutionOf, &[Bind::Text(id)], |row| {
            let end = if row.integer(3) == 0 { End::Failed } else { End::Succeeded };
            let (at, made_text) = row.with_text(4, made);
            Line {
                place: Place { at, key },
                zone_id: row.text(0),
                worktree_id: row.integer_or_null(5).map_or_else(|| row.text(1), archived_name),
                agent_type: row.text(2),
                status: code(Status::Ended(end)),
                parent_run_id: None,
                duration_ms: None,
                cost_micros,
                recorded: Some(Recorded { id: id.to_owned(), made_text }),
                finished_at: (at != NO_TIME).then_some(at),
                input_tokens,
                output_tokens,
                models: Vec::new(),
            }
        })?;
        truth.line = found.map(|line| Line { models, ..line });
        Ok(truth)
    }

    /// The models that a run used, and how much in all, where that is known.
    fn used(&self, key: i64) -> Result<(Vec<Used>, [Option<i64>; 3])> {
        let (mut models, mut all) = (Vec::new(), [None; 3]);
        self.each_row(Sql::ModelsOf, &[Bind::Integer(key)], |row| {
            let used = Used::read(row);
            for (sum, amount) in all.iter_mut().zip(used.amounts) {
                if let Some(amount) = amount {
                    *sum = Some(sum.unwrap_or(0_i64).saturating_add(amount));
                }
            }
            models.push(used);
            Ok(true)
        })?;
        Ok((models, all))
    }
}

fn run_of(row: &Statement) -> Run {
    let ended_at = row.integer_or_null(8);
    let status = match row.with_text(5, Status::from_word) {
        _ if row.integer(11) != 0 => Status::Running,
        // A status that is none of ours: nobody can claim the run.
        None => Status::Ended(End::Lost),
        Some(status) => status,
    };
    let line = Line {
        place: Place { at: row.integer(1), key: row.integer(0) },
        zone_id: row.text(2),
        worktree_id: row.text(3),
        agent_type: row.text(4),
        status: code(status),
        parent_run_id: row.text_or_null(6),
        duration_ms: ended_at.and(row.integer_or_null(7)).map(|_| row.integer(9)),
        cost_micros: None,
        recorded: None,
        finished_at: ended_at.filter(|_| !status.is_open()),
        input_tokens: None,
        output_tokens: None,
        models: Vec::new(),
    };
    Run { line, is_open: status.is_open(), is_gone: row.integer(10) != 0 }
}

/// When an execution was made, and its text where we would write it otherwise.
fn made(text: &str) -> (i64, Option<String>) {
    match time::parse(text) {
        Some(at) => (at, None),
        None => (time::made(text), Some(text.to_owned())),
    }
}

/// The key of an execution that a row of the log made.
pub(super) const fn key_of(seq: i64) -> i64 {
    RECORDED.saturating_add(seq)
}
