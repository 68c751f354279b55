//! Whether index and texts agree: that everything that a run says was indexed as it is now, that its marks lead to it, and that nothing
//! is in the index twice.

use std::collections::HashSet;

use super::index::Where;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::search::{Document, Mode, code};

const STEP: i64 = 1_000;

impl Store {
    pub(super) fn differences(&self) -> Result<Vec<String>> {
        let (Some(state), Some(read)) = (self.search_state()?, self.search_read()?) else { return Ok(Vec::new()) };
        // What the log still has to tell is in no index yet.
        let unread: HashSet<String> = self.search_log(read.seq, i64::MAX as usize)?.ids.into_iter().collect();
        let mut wrong: Vec<String> = Vec::new();
        let mut hidden: Vec<String> = Vec::new();
        let (mut at, mut key) = (i64::MIN, i64::MIN);
        loop {
            let mut runs = Vec::new();
            self.each_row(Sql::NextRuns, &[at, key, STEP].map(Bind::Integer), |row| {
                runs.push((row.integer(0), row.integer(1), row.text_or_null(2)));
                Ok(true)
            })?;
            let Some(last) = runs.last() else { break };
            (at, key) = (last.0, last.1);
            for id in runs.into_iter().filter_map(|(_, _, id)| id).filter(|id| !unread.contains(id)) {
                let Some(line) = self.line_of(&id)? else { continue };
                if self.doc_of(Where::File, &line.known())?.is_none() {
                    wrong.push(id);
                }
            }
        }
        let mut doc = 0;
        loop {
            let mut docs = Vec::new();
            self.each_row(Sql::NextDocs, &[doc, STEP].map(Bind::Integer), |row| {
                docs.push((row.integer(0), row.text_or_null(1)));
                Ok(true)
            })?;
            let Some(last) = docs.last() else { break };
            doc = last.0;
            for (doc, id) in docs {
                // A run that is gone is found by nobody, and goes from the index when that is built next.
                let Some(id) = id.filter(|id| !unread.contains(id)) else { continue };
                let Some((known, document)) = self.document(&id)? else { continue };
                if self.doc_of(Where::File, &known)? != Some((doc, document.print())) {
                    wrong.push(id);
                    continue;
                }
                for mode in [Mode::Words, Mode::Substring].into_iter().filter(|mode| state.has(*mode)) {
                    if !self.leads_to(mode, &document, doc)? {
                        hidden.push(id.clone());
                    }
                }
            }
        }
        let said = [(wrong, "are not indexed as they are"), (hidden, "are not found by their marks")];
        Ok(said
            .into_iter()
            .filter(|(ids, _)| !ids.is_empty())
            .map(|(ids, what)| format!("{} runs {what} (such as {})", ids.len(), ids[0]))
            .collect())
    }

    /// Whether the marks of a run lead to its number.
    fn leads_to(&self, mode: Mode, document: &Document, doc: i64) -> Result<bool> {
        let marks = document.facets.words();
        let mut marks = marks.split_whitespace();
        let (sql, asked) = match mode {
            Mode::Words => (Sql::HasWords, format!("facets : ({})", marks.by_ref().collect::<Vec<_>>().join(" AND "))),
            Mode::Substring => {
                let codes: Vec<String> = marks.map(|mark| format!("\"{}\"", code(mark))).collect();
                (Sql::HasSubstrings, codes.join(" AND "))
            }
        };
        self.finds(sql, &[Bind::Text(&asked), Bind::Integer(doc)])
    }
}
