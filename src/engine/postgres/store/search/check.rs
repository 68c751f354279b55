//! Whether the index agrees with the texts: everything that a run says has to be indexed as it is now.

use super::due::{BYTES, MOST_BYTES, TEXTS, texts_at};
use crate::engine::postgres::client::value::{integer, is_null, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::runs::FROM;
use crate::error::Result;
use crate::model::search::Mode;

const STEP: i64 = 1_000;

impl Store {
    pub(super) fn differences(&self) -> Result<Vec<String>> {
        let Some(state) = self.search_state()? else { return Ok(Vec::new()) };
        let full_text = self.search.full_text()?;
        // What is due isn't in the index yet.
        let next = format!(
            "SELECT * FROM (SELECT r.key, r.id, s.words::text, s.grams::text, \
               EXISTS (SELECT 1 FROM {{s}}.search_due AS d WHERE d.run = r.key) OR (r.executed AND e.id IS NULL), {TEXTS}, \
               sum({BYTES}) OVER (ORDER BY r.key) - ({BYTES}) AS bytes \
             FROM {FROM} LEFT JOIN {{s}}.search_runs AS s ON s.run = r.key \
             WHERE r.key IN (SELECT key FROM {{s}}.runs WHERE key > $1 ORDER BY key LIMIT $2)) AS f WHERE bytes < {MOST_BYTES} ORDER BY 1"
        );
        let mut wrong: Vec<String> = Vec::new();
        let mut key = i64::MIN;
        loop {
            let rows = self.read(&next, &[key.into(), STEP.into()])?;
            let Some(last) = rows.last() else { break };
            key = integer(last, 0);
            for row in rows.iter().filter(|row| integer(row, 4) == 0) {
                let [words, grams] = full_text.keys(&texts_at(row, 5))?;
                let is_as_it_is = |mode, keys: &[i32], column| {
                    !state.has(mode) || !is_null(row, column) && text_of(row, column).as_deref() == Some(&array(keys))
                };
                if !is_as_it_is(Mode::Words, &words, 2) || !is_as_it_is(Mode::Substring, &grams, 3) {
                    wrong.extend(text_of(row, 1));
                }
            }
        }
        let said = |such: &String| format!("{} runs are not indexed as they are (such as {such})", wrong.len());
        Ok(wrong.first().map(said).into_iter().collect())
    }
}

/// Numbers as the server writes an array of them.
fn array(keys: &[i32]) -> String {
    let keys: Vec<String> = keys.iter().map(i32::to_string).collect();
    format!("{{{}}}", keys.join(","))
}
