//! What the words of a text are, and whether an expression matches it: for both it asks the FTS5 of this package's SQLite, with a database
//! in memory, so that a server gives a file's answers.

use std::path::Path;
use std::rc::Rc;

use rusqlite::{ffi, params};

use crate::engine::sqlite::driver::{Connection, open};
use crate::error::Result;
use crate::model::search::{FIELDS, WordHits, distinct, grams, key};

/// The columns of a file's index: an expression may name them.
const TABLE: &str = "CREATE VIRTUAL TABLE words USING fts5(prompt, result, error, question, answer, facets, content='', \
     contentless_delete=1, tokenize='unicode61 remove_diacritics 2')";
const PUT: &str = "INSERT INTO words (rowid, prompt, result, error, question, answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const FIND: &str = "SELECT rowid, visual_hits(words) FROM words WHERE words MATCH ?1";

/// The texts of a run.
pub(super) type Texts = [String; FIELDS.len()];

/// FTS5, whose table is empty between two calls.
pub struct FullText(Rc<Connection>);

impl FullText {
    pub(super) fn open() -> Result<Self> {
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE;
        let connection = Connection::new(open::raw(Path::new(":memory:"), flags, None)?);
        connection.register_hits()?;
        connection.with(|inner| Ok(inner.execute_batch(TABLE)?))?;
        Ok(Self(connection))
    }

    /// The numbers of a text's words, in their order.
    pub(super) fn words(&self, text: &str) -> Result<Vec<i32>> {
        let mut words = Vec::new();
        self.0.tokenizer()?.each_word(text, |word| words.push(key(word)));
        Ok(words)
    }

    /// What the index has of a run: the numbers of its words, and those of its trigrams.
    pub(super) fn keys(&self, texts: &Texts) -> Result<[Vec<i32>; 2]> {
        let tokenizer = self.0.tokenizer()?;
        let mut keys = [Vec::new(), Vec::new()];
        let [words, parts] = &mut keys;
        for text in texts {
            tokenizer.each_word(text, |word| words.push(key(word)));
            parts.extend(grams(text));
        }
        keys.iter_mut().for_each(distinct);
        Ok(keys)
    }

    /// Where the words of a text are, in bytes.
    pub(super) fn places(&self, text: &str) -> Result<Vec<std::ops::Range<usize>>> {
        Ok(self.0.tokenizer()?.words(text))
    }

    /// Which of these texts an expression matches, and how.
    pub(super) fn hits(&self, expression: &str, texts: &[&Texts]) -> Result<Vec<(usize, WordHits)>> {
        self.0.with(|inner| {
            inner.execute_batch("BEGIN")?;
            let found = put_and_find(inner, expression, texts);
            inner.execute_batch("ROLLBACK")?;
            Ok(found?)
        })
    }
}

fn put_and_find(
    inner: &rusqlite::Connection,
    expression: &str,
    texts: &[&Texts],
) -> rusqlite::Result<Vec<(usize, WordHits)>> {
    let mut put = inner.prepare_cached(PUT)?;
    for (nth, [prompt, result, error, question, answer]) in texts.iter().enumerate() {
        put.execute(params![nth as i64, prompt, result, error, question, answer])?;
    }
    let mut find = inner.prepare_cached(FIND)?;
    let mut rows = find.query([expression])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let hits = row.get_ref(1)?.as_blob().map_or_else(|_| WordHits::of(&[]), WordHits::of);
        found.push((row.get::<_, i64>(0)? as usize, hits));
    }
    Ok(found)
}
