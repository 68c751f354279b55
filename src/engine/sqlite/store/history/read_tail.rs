//! Reading what the tables of the history don't have yet: what the log has been told since, or everything, where they can't be
//! relied on and this connection may not build them. What others write is added to what was read before.

use super::line::RECORDED;
use super::log::{Read, Stretch};
use super::sql::Sql;
use super::tail::Tail;
use super::truth::key_of;
use crate::engine::sqlite::store::queries::Query;
use crate::engine::sqlite::store::{Store, archive, runs};
use crate::error::Result;

/// How many rows of the log one query reads.
const STRETCH: usize = 10_000;

impl Store {
    /// Brings the tail up to date. In a snapshot.
    pub(in crate::engine::sqlite::store) fn read_tail(&self) -> Result<()> {
        let read = self.history_read()?.filter(|_| !self.history.doubtful.get());
        let from = read.filter(|read| !read.building).map(|Read { to, .. }| to);
        let end = self.log_place()?;
        let doubts = if from.is_none() && end.is_some() { self.doubts()? } else { None };
        let mut tail = self.history.tail.borrow_mut();
        let goes_on = match tail.to {
            // The same tables, and the log as it was: nothing of it was rolled back, and the file is no other one.
            Some(to) => tail.from == from && tail.doubts == doubts && end.is_some() && self.log_has(to)?,
            None => false,
        };
        if !goes_on {
            *tail = Tail::behind(from);
            tail.doubts = doubts;
            if from.is_none() {
                self.read_all(&mut tail)?;
                tail.to = end;
                return Ok(());
            }
        }
        while tail.to != end {
            let Some(to) = tail.to else { break };
            let stretch = self.touched(to.seq, STRETCH)?;
            let also: Vec<String> = match tail.is_all() {
                // The tail has everything, so all of it is read again.
                true if stretch.worktrees.len() + stretch.zones.len() > 0 => tail.ids(),
                true => Vec::new(),
                false => {
                    let mut also = self.also_touched(&stretch)?;
                    also.extend(tail.ids());
                    also
                }
            };
            let Stretch { touched, last, rows, worktrees, zones } = stretch;
            for (id, touch) in touched {
                let known = tail.lines.get(&id).and_then(Option::as_ref).map(|line| line.place);
                let key = touch.made.map_or(known.map_or(key_of(touch.seq), |known| known.key), key_of);
                // An execution that the log made, or that the tail has, has that key, whatever key the tables know it by.
                let anew = touch.made.is_some() || known.is_some();
                let truth = self.truth(&id, key, anew)?;
                tail.add(id, truth.line, truth.old);
            }
            if worktrees.len() + zones.len() > 0 {
                for id in also {
                    let known = tail.lines.get(&id).and_then(Option::as_ref).map(|line| line.place);
                    let truth = self.truth(&id, known.map_or(RECORDED / 2, |known| known.key), known.is_some())?;
                    tail.add(id, truth.line, truth.old);
                }
            }
            tail.to = if rows < STRETCH { end } else { last };
        }
        Ok(())
    }

    /// Hands what the tables don't have yet to `run`, which goes through them and writes nothing. In a snapshot.
    pub(in crate::engine::sqlite::store) fn with_tail<T>(&self, run: impl FnOnce(&Tail) -> Result<T>) -> Result<T> {
        self.read_tail()?;
        run(&self.history.tail.borrow())
    }

    /// What tells whether everything has to be read again.
    fn doubts(&self) -> Result<Option<[i64; 3]>> {
        let schema = self.first(Query::SchemaVersion, &[], |row| row.integer(0))?.unwrap_or_default();
        self.first(Sql::Doubts, &[], |row| [row.integer(0), row.integer(1), schema])
    }

    fn read_all(&self, tail: &mut Tail) -> Result<()> {
        if self.version >= runs::VERSION {
            self.each_id(Sql::NextRuns, 0, |id| {
                let truth = self.truth(&id, 0, true)?;
                tail.add(id, truth.line, truth.old);
                Ok(())
            })?;
        }
        let mut key = RECORDED / 2;
        let archived = (self.version >= archive::VERSION).then_some(Sql::NextArchived);
        for sql in [Sql::NextExecutions].into_iter().chain(archived) {
            self.each_id(sql, i64::MIN, |id| {
                if !tail.lines.contains_key(&id) {
                    let truth = self.truth(&id, key, true)?;
                    tail.add(id, truth.line, truth.old);
                }
                key += 1;
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(super) fn each_id(&self, sql: Sql, mut after: i64, mut take: impl FnMut(String) -> Result<()>) -> Result<()> {
        loop {
            let ids = self.ids(sql, after)?;
            let Some((last, _)) = ids.last() else { return Ok(()) };
            after = *last;
            ids.into_iter().try_for_each(|(_, id)| take(id))?;
        }
    }
}
