//! Putting runs into an index, and taking them out: the file's, or the one in TEMP.

use super::sql::Sql;
use super::state::State;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::Known;
use crate::error::Result;
use crate::model::search::{Document, Mode};

/// Which index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    File,
    Tail,
}

impl Where {
    /// The statement of this index, of its two.
    pub fn of(self, statements: [Sql; 2]) -> Sql {
        statements[self as usize]
    }
}

impl Store {
    /// A run's number in an index, and the hash of what was indexed.
    pub(super) fn doc_of(&self, place: Where, known: &Known) -> Result<Option<(i64, i64)>> {
        let read = |row: &crate::engine::sqlite::driver::Statement| (row.integer(0), row.integer(1));
        match known {
            Known::Run(key) => self.first(place.of([Sql::DocOfRun, Sql::TailDocOfRun]), &[Bind::Integer(*key)], read),
            Known::Recorded(id) => self.first(place.of([Sql::DocOfId, Sql::TailDocOfId]), &[Bind::Text(id)], read),
        }
    }

    /// Puts a run under a number.
    pub(super) fn put_document(
        &self,
        place: Where,
        state: State,
        doc: i64,
        known: &Known,
        document: &Document,
    ) -> Result<()> {
        let (run, id) = match known {
            Known::Run(key) => (Some(*key), None),
            Known::Recorded(id) => (None, Some(id.as_str())),
        };
        let print = document.print();
        self.write_run(
            place.of([Sql::PutRun, Sql::TailPutRun]),
            &[Bind::Integer(doc), run.into(), id.into(), Bind::Integer(print)],
        )?;
        if state.has(Mode::Words) {
            let facets = document.facets.words();
            let [prompt, result, error, question, answer] = document.fields.each_ref().map(|text| Bind::Text(text));
            let values = [Bind::Integer(doc), prompt, result, error, question, answer, Bind::Text(&facets)];
            self.write_run(place.of([Sql::PutWords, Sql::TailPutWords]), &values)?;
        }
        if state.has(Mode::Substring) {
            let text = document.text();
            let codes = document.facets.codes();
            let values =
                [Bind::Integer(doc), Bind::Text(&text)].into_iter().chain(codes.iter().map(|code| Bind::Text(code)));
            self.write_run(place.of([Sql::PutSubstrings, Sql::TailPutSubstrings]), &values.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Takes the words and trigrams of a number out of an index.
    pub(super) fn remove_words(&self, place: Where, state: State, doc: i64) -> Result<()> {
        let values = [Bind::Integer(doc)];
        if state.has(Mode::Words) {
            self.write_run(place.of([Sql::RemoveWords, Sql::TailRemoveWords]), &values)?;
        }
        if state.has(Mode::Substring) {
            self.write_run(place.of([Sql::RemoveSubstrings, Sql::TailRemoveSubstrings]), &values)?;
        }
        Ok(())
    }

    /// Brings the file's index up to date for an id.
    pub(super) fn refresh(&self, state: State, id: &str) -> Result<()> {
        let now = self.document(id)?;
        let run = self.run_key(id)?.map(Known::Run);
        let recorded = Known::Recorded(id.to_owned());
        for known in run.iter().chain([&recorded]) {
            let Some((doc, print)) = self.doc_of(Where::File, known)? else { continue };
            match &now {
                Some((now, document)) if now == known => {
                    if document.print() != print {
                        self.remove_words(Where::File, state, doc)?;
                        self.put_document(Where::File, state, doc, known, document)?;
                    }
                    return Ok(());
                }
                _ => self.remove_document(state, doc)?,
            }
        }
        let Some((known, document)) = now else { return Ok(()) };
        let last = self.first(Sql::LastDoc, &[], |row| row.integer(0))?.unwrap_or_default();
        self.put_document(Where::File, state, last + 1, &known, &document)
    }

    pub(super) fn remove_document(&self, state: State, doc: i64) -> Result<()> {
        self.remove_words(Where::File, state, doc)?;
        self.write_run(Sql::RemoveRun, &[Bind::Integer(doc)]).map(drop)
    }
}
