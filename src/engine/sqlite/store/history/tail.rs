//! What the tables of the history don't have yet, in memory: what the log has been told since, or everything, where they can't be
//! relied on and this connection may not build them. It is kept from call to call; what others write is added.

use std::collections::{HashMap, HashSet};

use super::line::{Line, Place, RECORDED};
use super::log::{Mark, Read, Stretch};
use super::sql::Sql;
use super::truth::{Truth, key_of};
use crate::engine::sqlite::store::{Store, runs};
use crate::error::Result;

/// What is read of the log at once.
const STRETCH: usize = 10_000;

/// The history's end, or all of it.
#[derive(Default)]
pub(super) struct Tail {
    /// Where the tables end; `None` where they count for nothing.
    from: Option<Mark>,
    /// Where the log ended.
    to: Option<Mark>,
    /// By id; `None` is no more.
    lines: HashMap<String, Option<Line>>,
    /// Where the tables have what is otherwise now.
    hidden: HashSet<Place>,
}

impl Tail {
    /// The tables count for nothing.
    pub fn is_all(&self) -> bool {
        self.from.is_none()
    }

    /// Whether it has something else than the tables have in this place.
    pub fn hides(&self, place: Place) -> bool {
        self.hidden.contains(&place)
    }

    /// All that it has.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values().flatten()
    }

    fn add(&mut self, id: String, truth: Truth) {
        self.hidden.extend(truth.old);
        self.hidden.extend(truth.line.as_ref().map(|line| line.place));
        self.lines.insert(id, truth.line);
    }
}

impl Store {
    /// Brings the tail up to date. In a snapshot.
    pub(super) fn read_tail(&self) -> Result<()> {
        let read = self.history_read()?;
        let from = read.filter(|read| !read.building).map(|Read { mark, .. }| mark);
        let end = self.log_mark()?;
        let mut tail = self.history.tail.borrow_mut();
        let goes_on = match tail.to {
            // The same tables, and the log as it was: nothing of it was rolled back, and the file is no other one.
            Some(to) => tail.from == from && end.is_some() && self.log_has(to)?,
            None => false,
        };
        if !goes_on {
            *tail = Tail { from, to: from, ..Tail::default() };
            if from.is_none() {
                self.read_all(&mut tail)?;
                tail.to = end;
                return Ok(());
            }
        }
        while tail.to != end {
            let Some(to) = tail.to else { break };
            let Stretch { touched, last, rows } = self.touched(to.seq, STRETCH)?;
            for (id, touch) in touched {
                let known = tail.lines.get(&id).and_then(Option::as_ref).map(|line| line.place);
                let key = touch.made.map_or(known.map_or(key_of(touch.seq), |known| known.key), key_of);
                // What it is in the tables by counts for nothing where the tail has made it anew.
                let anew = touch.made.is_some() || known.is_some();
                let truth = self.truth(&id, key, anew)?;
                tail.add(id, truth);
            }
            tail.to = if rows < STRETCH { end } else { last };
        }
        Ok(())
    }

    fn read_all(&self, tail: &mut Tail) -> Result<()> {
        let mut after = 0;
        while self.version >= runs::VERSION {
            let ids = self.ids(Sql::NextRuns, after)?;
            let Some((last, _)) = ids.last() else { break };
            after = *last;
            for (_, id) in ids {
                let truth = self.truth(&id, 0, true)?;
                tail.add(id, truth);
            }
        }
        let (mut after, mut key) = (i64::MIN, RECORDED / 2);
        loop {
            let ids = self.ids(Sql::NextExecutions, after)?;
            let Some((last, _)) = ids.last() else { break };
            after = *last;
            for (_, id) in ids {
                if !tail.lines.contains_key(&id) {
                    let truth = self.truth(&id, key, true)?;
                    tail.add(id, truth);
                }
                key += 1;
            }
        }
        Ok(())
    }
}
