//! Writing the index: what the log has, and, where the index has to be built, every run. In slices, so that nobody waits long for
//! the lock; after each, the next can continue, even if the process was killed. Building is comparing: what is in the index as it
//! is now stays.

use std::time::{Duration, Instant};

use super::index::Where;
use super::log::Stretch;
use super::sql::Sql;
use super::state::{Phase, State};
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::LogPlace;
use crate::error::Result;
use crate::model::search::{Kind, Mode, code, mark};

/// How many rows one query reads.
const STEP: usize = 500;
/// How long a slice takes.
const SLICE: Duration = Duration::from_millis(50);

impl Store {
    /// Writes what the index lacks, where this connection may; once the index is built, only if the lock is free.
    pub(super) fn write_index(&self) -> Result<()> {
        let Some(state) = self.search_state()? else { return Ok(()) };
        let may_write = !self.newer && !self.connection.in_transaction();
        if !may_write || self.connection.check_writable().is_err() {
            return Ok(());
        }
        let read = self.search_read()?;
        if let Some(read) = read
            && state.phase == Phase::Built
        {
            if self.search_log(read.seq, 1)?.rows > 0 {
                // No need to wait for the lock: a search reads what isn't folded.
                while self.connection.without_waiting(|| self.search_slice()).is_ok_and(|more| more) {}
            }
            return Ok(());
        }
        while self.search_slice().is_ok_and(|more| more) {}
        Ok(())
    }

    /// Writes for some milliseconds; `true` where there is more.
    pub(super) fn search_slice(&self) -> Result<bool> {
        let until = Instant::now() + SLICE;
        self.atomically(|| {
            let mut more = true;
            while more && Instant::now() < until {
                more = self.search_step(until)?;
            }
            Ok(more)
        })
    }

    fn search_step(&self, until: Instant) -> Result<bool> {
        let (Some(mut state), Some(end)) = (self.search_state()?, self.log_place()?) else { return Ok(false) };
        if !self.seen()?.told {
            self.make_trigger()?;
        }
        let Some(read) = self.search_read()? else {
            (state.phase, state.at, state.key, state.done) = (Phase::Runs, i64::MIN, i64::MIN, 0);
            self.set_built(&state)?;
            // What the history doesn't have yet comes by the log.
            let read = self.whole_history()?;
            return read.map_or(Ok(false), |read| self.set_search_read(read).map(|()| true));
        };
        let stretch = self.search_log(read.seq, STEP)?;
        for id in &stretch.ids {
            self.refresh(state, id)?;
        }
        for id in self.ids_of_zones(state, &stretch)? {
            self.refresh(state, &id)?;
        }
        let is_all = stretch.rows < STEP;
        if stretch.rows > 0 || state.phase != Phase::Built {
            let to = if is_all { Some(end) } else { stretch.last };
            to.filter(|to| *to != read).map_or(Ok(()), |to| self.set_search_read(to))?;
        }
        if !is_all {
            return Ok(true);
        }
        match state.phase {
            Phase::Built => Ok(false),
            Phase::Runs => self.put_runs(state, until).map(|()| true),
            Phase::Docs => self.look_at_docs(state, until).map(|()| true),
        }
    }

    fn put_runs(&self, mut state: State, until: Instant) -> Result<()> {
        // The history, along which this goes, has to have every run.
        self.whole_history()?;
        let mut runs = Vec::new();
        let values = [state.at, state.key, STEP as i64].map(Bind::Integer);
        self.each_row(Sql::NextRuns, &values, |row| {
            runs.push((row.integer(0), row.integer(1), row.text_or_null(2)));
            Ok(true)
        })?;
        if runs.is_empty() {
            (state.phase, state.at) = (Phase::Docs, 0);
        }
        for (at, key, id) in runs {
            if let Some(id) = id {
                self.refresh(state, &id)?;
            }
            (state.at, state.key, state.done) = (at, key, state.done + 1);
            if Instant::now() > until {
                break;
            }
        }
        self.set_built(&state)
    }

    fn look_at_docs(&self, mut state: State, until: Instant) -> Result<()> {
        let mut docs = Vec::new();
        self.each_row(Sql::NextDocs, &[Bind::Integer(state.at), Bind::Integer(STEP as i64)], |row| {
            docs.push((row.integer(0), row.text_or_null(1)));
            Ok(true)
        })?;
        if docs.is_empty() {
            state.phase = Phase::Built;
        }
        for (doc, id) in docs {
            match id {
                Some(id) if self.line_of(&id)?.is_some() => {}
                _ => self.remove_document(state, doc)?,
            }
            state.at = doc;
            if Instant::now() > until {
                break;
            }
        }
        self.set_built(&state)
    }

    fn set_built(&self, state: &State) -> Result<()> {
        let values = [state.phase as i64, state.at, state.key, state.done].map(Bind::Integer);
        self.write_run(Sql::SetBuilt, &values).map(drop)
    }

    fn set_search_read(&self, to: LogPlace) -> Result<()> {
        self.write_run(Sql::SetRead, &[Bind::Integer(to.seq), Bind::Integer(to.stamp)]).map(drop)
    }

    /// The ids that are indexed of deleted zones: what the archive had of these was deleted with them.
    pub(super) fn ids_of_zones(&self, state: State, stretch: &Stretch) -> Result<Vec<String>> {
        let mut docs = Vec::new();
        for zone in &stretch.zones {
            let mark = mark(Kind::Zone, zone);
            let (sql, asked) = if state.has(Mode::Words) {
                (Sql::FindWords, format!("facets : {mark}"))
            } else {
                (Sql::FindSubstrings, format!("\"{}\"", code(&mark)))
            };
            self.each_row(sql, &[Bind::Text(&asked), Bind::Integer(i64::MAX)], |row| {
                docs.push(row.integer(0));
                Ok(true)
            })?;
        }
        let ids = docs.into_iter().map(|doc| self.id_of_doc(Where::File, doc));
        ids.filter_map(Result::transpose).collect()
    }
}
