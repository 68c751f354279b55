//! What the file's index doesn't have yet, where this connection may not write it now: in an index in TEMP. A rollback also
//! undoes what was done to TEMP, so TEMP itself says what it has.

use super::index::Where;
use super::sql::Sql;
use super::state::State;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::{Known, LogPlace};
use crate::error::Result;

/// How many rows of the log one query reads.
const STRETCH: usize = 5_000;

impl Store {
    /// Brings the index in TEMP up to date; returns whether it has anything. In a snapshot.
    pub(super) fn read_search_tail(&self, state: State, from: LogPlace) -> Result<bool> {
        let Some(end) = self.log_place()? else { return Ok(false) };
        if self.search_log(from.seq, 1)?.rows == 0 {
            return Ok(false);
        }
        let known = if self.has_tail_tables()? { self.first(Sql::TailEnds, &[], places)? } else { None };
        let mut to = match known {
            // The same index, and the log as it was: nothing of it was rolled back, and the file is no other one.
            Some((begun, read)) if begun == from && self.log_has(read)? => read,
            _ => {
                self.make_tail_tables(state)?;
                from
            }
        };
        while to != end {
            let stretch = self.search_log(to.seq, STRETCH)?;
            for id in &stretch.ids {
                self.refresh_tail(state, id)?;
            }
            for id in self.ids_of_zones(state, &stretch)? {
                self.refresh_tail(state, &id)?;
            }
            to = if stretch.rows < STRETCH { end } else { stretch.last.unwrap_or(end) };
        }
        let values = [from.seq, from.stamp, to.seq, to.stamp].map(Bind::Integer);
        self.write_run(Sql::SetTailEnds, &values)?;
        Ok(true)
    }

    /// Brings TEMP up to date for an id, also where that is gone: what the file's index has of it counts for nothing.
    fn refresh_tail(&self, state: State, id: &str) -> Result<()> {
        let now = self.document(id)?;
        let run = self.run_key(id)?.map(Known::Run);
        let recorded = Known::Recorded(id.to_owned());
        for known in run.iter().chain([&recorded]) {
            let in_tail = self.doc_of(Where::Tail, known)?.map(|(doc, _)| doc);
            let doc = match in_tail {
                Some(doc) => Some(doc),
                None => self.doc_of(Where::File, known)?.map(|(doc, _)| doc),
            };
            if let Some(doc) = in_tail {
                self.remove_words(Where::Tail, state, doc)?;
            }
            match &now {
                Some((now, document)) if now == known => {
                    let doc = doc.map_or_else(|| self.next_doc(), Ok)?;
                    self.put_document(Where::Tail, state, doc, known, document)?;
                }
                _ if doc.is_some() => self.put_nothing(doc.unwrap_or_default(), known)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The number that the file's index is going to give the next new run, if it reads the log in the same order.
    fn next_doc(&self) -> Result<i64> {
        let mut last = 0;
        for sql in [Sql::LastDoc, Sql::TailLastDoc] {
            last = self.first(sql, &[], |row| row.integer(0))?.unwrap_or_default().max(last);
        }
        Ok(last + 1)
    }

    fn put_nothing(&self, doc: i64, known: &Known) -> Result<()> {
        let (run, id) = match known {
            Known::Run(key) => (Some(*key), None),
            Known::Recorded(id) => (None, Some(id.as_str())),
        };
        self.write_run(Sql::TailPutRun, &[Bind::Integer(doc), run.into(), id.into(), Bind::Null]).map(drop)
    }
}

fn places(row: &crate::engine::sqlite::driver::Statement) -> (LogPlace, LogPlace) {
    let place = |at| LogPlace { seq: row.integer(at), stamp: row.integer(at + 1) };
    (place(0), place(2))
}
