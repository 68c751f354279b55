//! The calls that ask for work: making, retrying, cancelling and answering runs.

use super::clock::moment;
use super::columns::{FROM, columns, read};
use super::insert::{OPEN, check_inserted, there_of};
use super::load::beside;
use super::usual::Usual;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::sized::check_text;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::arguments::said_text;
use crate::engine::run::cells::push_one;
use crate::engine::run::places::check_places;
use crate::engine::run::record::Record;
use crate::engine::{RunFilter, Runs, RunsAfter};
use crate::error::Result;
use crate::model::run::{Call, Enqueued, Run, Wanted, apply, enqueue};
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

/// Whether its worktree, its zone and its parent are there. Deleting one of the first two waits until the run is made, and ends it; pruning the
/// parent waits, and leaves it.
const PLACES: &str = "WITH z AS (SELECT 1 FROM {s}.zones WHERE id = $1 FOR KEY SHARE), w AS (SELECT 1 FROM {s}.worktrees WHERE id = $2 FOR KEY SHARE), \
     p AS (SELECT 1 FROM {s}.runs WHERE id = $3 FOR KEY SHARE) SELECT EXISTS (SELECT 1 FROM w), EXISTS (SELECT 1 FROM z), EXISTS (SELECT 1 FROM p)";

/// Of two calls with the same key the second one waits for the first.
const ONE_BY_ONE: &str = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 43))";

impl Runs for Store {
    fn enqueue_run(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let wanted = Wanted::given(method, given, None, 0)?;
        check_sizes(method, &wanted, 0)?;
        let wall_ms = now as i64;
        let record = self.make_at_once(method, &wanted, wall_ms)?;
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
    /// Makes a run, or finds the open one with its idempotency key, in one trip.
    pub(in crate::engine::postgres::store) fn make_at_once(
        &self,
        method: &'static str,
        wanted: &Wanted<'_>,
        wall_ms: i64,
    ) -> Result<Record> {
        let life = Run::new(wanted.life(), moment(0, wall_ms));
        let record = Record::new(wanted, None, self.actor().as_deref(), life, wall_ms);
        let key = wanted.idempotency_key.as_deref().map(|key| vec![Value::from(key.to_owned())]);
        let ((), rows) = self.atomically("", |work| {
            let Some(key) = &key else {
                work.insert_if_there(&record);
                return Ok(());
            };
            work.later(ONE_BY_ONE, key.clone());
            work.insert_if_there(&record);
            work.later(&with_key(), key.clone());
            Ok(())
        })?;
        // Told of one that was made, whose answer was lost, is only that.
        if let [_, inserted, same] = rows.as_slice() {
            return match same.first().and_then(|row| read(row).0) {
                Some(found) => Ok(found.record),
                None => check_inserted(method, wanted, 0, std::slice::from_ref(inserted)).map(|()| record),
            };
        }
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
        let (has_key, same) = (wanted.idempotency_key.is_some(), with_key());
        let mut asked: Vec<(&str, &[Value<'_>])> = vec![(PLACES, &places)];
        if has_key {
            asked.insert(0, (ONE_BY_ONE, &key));
            asked.push((&same, &key));
        }
        let mut answers = self.ask(&asked)?;
        let same = if has_key { answers.pop() } else { None }.unwrap_or_default();
        let same = same.first().and_then(|row| read(row).0).map(|found| found.record);
        let places = answers.pop().unwrap_or_default();
        // The model's times are the caller's here.
        let now = moment(0, wall_ms);
        let life = match (enqueue(same.as_ref().map(|record| &record.life), wanted.life(), now), same) {
            (Enqueued::Found, Some(record)) => return Ok((record, false)),
            (Enqueued::New(life), _) => life,
            // There is no run without which it could be found.
            (Enqueued::Found, None) => Run::new(wanted.life(), now),
        };
        let there = places.first().map(there_of);
        check_places(method, wanted, usize::from(retry_of.is_some()), there.unwrap_or_default())?;
        Ok((Record::new(wanted, retry_of, self.store.actor().as_deref(), life, wall_ms), true))
    }
}

/// The open run with an idempotency key.
fn with_key() -> String {
    let (columns, beside) = (columns(true), beside());
    format!("SELECT {columns}, {beside} FROM {FROM} WHERE r.idempotency_key = $1 AND {OPEN}")
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
