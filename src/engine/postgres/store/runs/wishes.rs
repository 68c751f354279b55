//! The calls that ask for work: making, retrying, cancelling and answering runs.

use tokio_postgres::Row;

use super::claim::takes_usually;
use super::clock::moment;
use super::columns::{FROM, columns, read};
use super::load::beside;
use super::reader::Reader;
use super::settle::saved;
use super::usual::Usual;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::sized::check_text;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::arguments::said_text;
use crate::engine::run::cells::push_one;
use crate::engine::run::places::{There, check_places};
use crate::engine::run::record::Record;
use crate::engine::{RunFilter, Runs, RunsAfter};
use crate::error::Result;
use crate::model::run::{Call, Enqueued, Run, Wanted, apply, enqueue};
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

/// A new run: what never changes, then what `SAVE` writes.
const INSERT: &str = "INSERT INTO {s}.runs (id, zone_id, worktree_id, agent_type, priority, created_at, max_attempts, timeout_ms, idempotency_key, \
     parent_run_id, retry_of, metadata, by, prompt, status, answered, urgency, not_before, available_at, started_at, finished_at, \
     duration_ms, worked_ms, attempt, token, finished_token, executed, worker_id, worker_before, cancel_requested_at, cancel_reason, \
     exit_code, commit_before, commit_after, files_changed, insertions, deletions, input_tokens, cached_input_tokens, output_tokens, \
     reasoning_tokens, cost_micros, error, question, answer, result, deadline, expires_at, length_ms, claimed, claimed_at, sound_to) ";

/// Whether its worktree, its zone and its parent are there. Deleting one of the first two waits until the run is made, and ends it; pruning the
/// parent waits, and leaves it.
const PLACES: &str = "WITH z AS (SELECT 1 FROM {s}.zones WHERE id = $1 FOR KEY SHARE), w AS (SELECT 1 FROM {s}.worktrees WHERE id = $2 FOR KEY SHARE), \
     p AS (SELECT 1 FROM {s}.runs WHERE id = $3 FOR KEY SHARE) SELECT EXISTS (SELECT 1 FROM w), EXISTS (SELECT 1 FROM z), EXISTS (SELECT 1 FROM p)";

/// The same for a run of which these are the values, as `there`.
const THERE: &str = "WITH z AS (SELECT 1 FROM {s}.zones WHERE id = $2 FOR KEY SHARE), w AS (SELECT 1 FROM {s}.worktrees WHERE id = $3 FOR KEY SHARE), \
     p AS (SELECT 1 FROM {s}.runs WHERE id = $10 FOR KEY SHARE), \
     there AS (SELECT EXISTS (SELECT 1 FROM w) AS worktree, EXISTS (SELECT 1 FROM z) AS zone, EXISTS (SELECT 1 FROM p) AS parent)";

/// Of two calls with the same key the second one waits for the first.
const ONE_BY_ONE: &str = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 43))";

impl Runs for Store {
    fn enqueue_run(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let wanted = Wanted::given(method, given, None, 0)?;
        check_sizes(method, &wanted, 0)?;
        let wall_ms = now as i64;
        let record = if wanted.idempotency_key.is_some() {
            self.atomically("", |work| work.enqueue(method, &wanted, None, wall_ms))?.0
        } else {
            self.make_at_once(method, &wanted, wall_ms)?
        };
        push_one(batch, Some(&record));
        Ok(())
    }

    fn retry_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let method = "retryRun";
        let id = rules::id(Field::new(method, "id"), given.first().copied().unwrap_or(Given::Undefined))?;
        let changes = given.get(1..).unwrap_or_default();
        let wall_ms = now as i64;
        let ((record, wanted, is_checked), rows) = self.atomically("", |work| {
            let (held, now) = work.hold(&[id], wall_ms)?;
            let before = held.first().map(|held| &held.record);
            apply(id, before.map(|record| &record.life), &Call::Retry, now)?;
            let wanted = Wanted::given(method, changes, before.map(Record::wanted_again), 1)?;
            check_sizes(method, &wanted, 1)?;
            if wanted.idempotency_key.is_some() {
                return Ok((work.enqueue(method, &wanted, Some(id), wall_ms)?, wanted, true));
            }
            let life = Run::new(wanted.life(), now);
            let record = Record::new(&wanted, Some(id), self.actor().as_deref(), life, wall_ms);
            work.insert_if_there(&record);
            Ok((record, wanted, false))
        })?;
        if !is_checked {
            check_inserted(method, &wanted, 1, &rows)?;
        }
        push_one(batch, Some(&record));
        Ok(())
    }

    fn cancel_run(&self, id: Given<'_>, reason: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let reason = rules::string(Field::new("cancelRun", "reason").behind(1), reason)?;
        let id = rules::id(Field::new("cancelRun", "id"), id)?;
        if self.is_usual(id, &Usual::cancel(id, reason, now as i64), batch)? {
            return Ok(());
        }
        self.transition(id, &Call::Cancel, now, batch, |record| {
            if let Some(reason) = reason {
                record.cancel_reason.get_or_insert(reason.to_owned());
            }
        })
    }

    fn answer_run(&self, id: Given<'_>, answer: Given<'_>, now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let text = said_text(Field::new("answerRun", "answer").behind(1), answer)?;
        let id = rules::id(Field::new("answerRun", "id"), id)?;
        if self.is_usual(id, &Usual::answer(id, text), batch)? {
            return Ok(());
        }
        self.transition(id, &Call::Answer, now, batch, |record| record.answer = Some(text.to_owned()))
    }

    fn get_run(&self, id: Given<'_>, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        match rules::lookup(Field::new("getRun", "id"), id)? {
            Some(id) => self.push_run(id, batch),
            None => Ok(()),
        }
    }

    /// No history is kept here that would have to be folded.
    fn fold_history(&self) -> Result<()> {
        self.check_open()
    }

    fn list_runs(&self, filter: &RunFilter<'_>, after: RunsAfter, most: usize, batch: &mut Batch) -> Result<()> {
        self.runs_behind(filter, after, most, batch)
    }
}

impl Store {
    /// Makes a run that can't exist yet, in one trip.
    pub(in crate::engine::postgres::store) fn make_at_once(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        wall_ms: i64,
    ) -> Result<Record> {
        let life = Run::new(wanted.life(), moment(0, wall_ms));
        let record = Record::new(wanted, None, self.actor().as_deref(), life, wall_ms);
        let ((), rows) = self.atomically("", |work| {
            work.insert_if_there(&record);
            Ok(())
        })?;
        check_inserted(method, wanted, 0, &rows)?;
        Ok(record)
    }

    /// Applies a call from outside a claim to a run; `say` sets what the call says besides.
    fn transition(&self, id: &str, call: &Call, now: f64, batch: &mut Batch, say: impl Fn(&mut Record)) -> Result<()> {
        let (record, _) = self.atomically("", |work| {
            let (held, now) = work.hold(&[id], now as i64)?;
            work.apply_to(id, held.into_iter().next(), call, None, now, &say)
        })?;
        push_one(batch, record.as_ref());
        Ok(())
    }
}

impl Work<'_> {
    /// Makes a run, or finds the open one with its idempotency key.
    pub(super) fn enqueue(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        retry_of: Option<&str>,
        wall_ms: i64,
    ) -> Result<Record> {
        match self.find_or_make(method, wanted, retry_of, wall_ms)? {
            (record, false) => Ok(record),
            (record, true) => {
                self.insert(&record);
                Ok(record)
            }
        }
    }

    /// The open run with the idempotency key, or a new one, `true`, which still has to be inserted.
    pub(super) fn find_or_make(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        retry_of: Option<&str>,
        wall_ms: i64,
    ) -> Result<(Record, bool)> {
        let places = [
            wanted.zone_id.as_ref().into(),
            wanted.worktree_id.as_ref().into(),
            wanted.parent_run_id.as_deref().into(),
        ];
        let key = [Value::from(wanted.idempotency_key.as_deref())];
        let same = format!(
            "SELECT {}, {} FROM {FROM} WHERE r.idempotency_key = $1 AND r.status IN ('queued', 'running', 'waiting')",
            columns(true),
            beside()
        );
        let mut asked: Vec<(&str, &[Value<'_>])> = vec![(PLACES, &places)];
        if wanted.idempotency_key.is_some() {
            asked.extend([(ONE_BY_ONE, &key[..]), (&same, &key[..])]);
        }
        let answers = self.ask(&asked)?;
        let same = answers.get(2).and_then(|rows| rows.first()).and_then(|row| read(row).0).map(|found| found.record);
        // The model's times are the caller's here.
        let now = moment(0, wall_ms);
        let life = match (enqueue(same.as_ref().map(|record| &record.life), wanted.life(), now), same) {
            (Enqueued::Found, Some(record)) => return Ok((record, false)),
            (Enqueued::New(life), _) => life,
            // There is no run without which it could be found.
            (Enqueued::Found, None) => Run::new(wanted.life(), now),
        };
        let there = answers.first().and_then(|rows| rows.first()).map(there_of);
        check_places(method, wanted, usize::from(retry_of.is_some()), there.unwrap_or_default())?;
        Ok((Record::new(wanted, retry_of, self.store.actor().as_deref(), life, wall_ms), true))
    }

    /// Inserts a new run at the end of the call, if its worktree, its zone and its parent are there. `check_inserted` tells.
    pub(super) fn insert_if_there(&self, record: &Record) {
        let values = values_of(record);
        let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "{THERE}, made AS ({INSERT}SELECT {} FROM there WHERE worktree AND zone AND (parent OR $10 IS NULL)) SELECT worktree, zone, parent FROM there",
            places.join(", ")
        );
        self.later(&sql, values);
    }

    /// The same of one that is taken at once, where all is as usual, which is told behind: its times by the server's clock are from now on.
    pub(super) fn start_if_usual(&self, record: &Record) {
        let values = values_of(record);
        let last = values.len();
        // deadline, claimed, sound_to
        let is_of_server = |n| [last - 5, last - 2, last].contains(&n);
        let places: Vec<String> =
            (1..=last).map(|n| if is_of_server(n) { format!("now + ${n}") } else { format!("${n}") }).collect();
        let sql = format!(
            "{THERE}, usual AS ({}), made AS ({INSERT}SELECT {} FROM there, usual WHERE it_is AND worktree AND zone AND (parent OR $10 IS NULL)) \
             SELECT worktree, zone, parent, it_is FROM there, usual",
            takes_usually(),
            places.join(", ")
        );
        self.later(&sql, values);
    }

    /// Inserts a new run.
    pub(super) fn insert(&self, record: &Record) {
        let values = values_of(record);
        let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
        self.later(&format!("{INSERT}VALUES ({})", places.join(", ")), values);
    }
}

/// What is written of a new run.
fn values_of(record: &Record) -> Vec<Value<'static>> {
    let life = &record.life;
    let mut values: Vec<Value<'static>> = vec![
        record.id.clone().into(),
        record.zone_id.clone().into(),
        record.worktree_id.clone().into(),
        record.agent_type.clone().into(),
        record.priority.into(),
        record.created_at.into(),
        i64::from(life.max_attempts).into(),
        life.timeout_ms.into(),
        record.idempotency_key.clone().into(),
        record.parent_run_id.clone().into(),
        record.retry_of.clone().into(),
        record.metadata.clone().into(),
        record.by.clone().into(),
        record.prompt.clone().into(),
    ];
    values.extend(saved(record));
    values
}

/// Refuses what `insert_if_there` has not inserted; its answer is the last row of the call.
pub(super) fn check_inserted(method: &'static str, wanted: &Wanted<'_>, nth: usize, rows: &[Vec<Row>]) -> Result<()> {
    let there = rows.last().and_then(|rows| rows.first()).map(there_of);
    check_places(method, wanted, nth, there.unwrap_or_default())
}

/// Whether its worktree, its zone and its parent are there.
fn there_of(row: &Row) -> There {
    let reader = Reader::of(row);
    There { worktree: reader.is(), zone: reader.is(), parent: reader.is() }
}

/// Refuses what an index can't hold.
pub(super) fn check_sizes(method: &'static str, wanted: &Wanted<'_>, nth: usize) -> Result<()> {
    let texts = [("idempotencyKey", &wanted.idempotency_key), ("parentRunId", &wanted.parent_run_id)];
    for (name, text) in texts {
        if let Some(text) = text {
            let at = RUN.given().position(|field| field.name == name).unwrap_or_default();
            check_text(Field::new(method, name).behind(nth + at), text)?;
        }
    }
    Ok(())
}
