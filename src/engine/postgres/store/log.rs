//! The log of changes in the order in which it could be seen (`schema/postgres/0003_changes.up.sql`): what can be seen and isn't numbered
//! yet is numbered first, in the same trip. Nothing is numbered within a transaction, since all others would wait for its end: changes
//! without a number have numbers of their own there, beyond all others.

use std::borrow::Cow;

use tokio_postgres::Row;

use super::Store;
use super::sql::expand;
use crate::engine::Place;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::{Value, integer};
use crate::error::Result;

/// Numbers the changes that have no number yet.
pub(super) const NUMBER: &str = "SELECT 1 FROM {s}.number_changes()";
/// Where the numbered log ends; no row where somebody has emptied it.
pub(super) const END: &str = "SELECT b.last, b.stamp FROM {s}.changes_batches AS b \
     WHERE EXISTS (SELECT 1 FROM {s}.changes AS c WHERE c.nth = b.last - b.shift) ORDER BY b.last DESC LIMIT 1";
/// Where the log ends as a transaction sees it.
pub(super) const END_WITHIN: &str = "SELECT last, stamp FROM ( \
     (SELECT c.nth + {beyond} AS last, c.stamp FROM (SELECT after FROM {s}.changes_batches ORDER BY last DESC LIMIT 1) AS b, \
      LATERAL {s}.changes_new(b.after) AS c ORDER BY c.nth DESC LIMIT 1) \
     UNION ALL ({end})) AS ends ORDER BY last DESC LIMIT 1";
/// The first number of changes that aren't numbered yet.
pub(super) const BEYOND: i64 = 1 << 52;

/// Whether a change belongs to a batch.
pub(super) const MEMBER: &str = "c.nth BETWEEN b.first - b.shift AND b.last - b.shift AND pg_visible_in_snapshot(c.xid, b.after) \
     AND NOT pg_visible_in_snapshot(c.xid, b.before)";

impl Store {
    /// A statement about the log, expanded.
    pub(super) fn of_log(&self, sql: &str) -> String {
        expand(
            &sql.replace("{end}", END).replace("{member}", MEMBER).replace("{beyond}", &BEYOND.to_string()),
            &self.schema,
        )
    }

    /// Begins a read of the log. Each statement in it sees what was committed before that statement.
    pub(super) fn begin_reading(&self) -> String {
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_catalog.set_config('lock_timeout', '{}ms', true)",
            self.client.timeout().as_millis().max(1)
        )
    }

    /// Reads the log by these statements, in one trip: the rows of each.
    pub(super) fn read_log(&self, statements: &[(String, &[Value<'_>])]) -> Result<Vec<Vec<Row>>> {
        self.check_open()?;
        let number = self.of_log(NUMBER);
        let numbers = !self.is_within();
        let mut steps = Vec::with_capacity(statements.len() + 1);
        if numbers {
            steps.push(Step::Statement(&number, &[]));
        }
        steps.extend(statements.iter().map(|(sql, values)| Step::Statement(sql, values)));
        let mut rows = self.read_together(&self.begin_reading(), &steps)?;
        if numbers {
            rows.remove(0);
        }
        Ok(rows)
    }

    /// The statement that tells where the log ends.
    pub(super) fn end_of_log(&self) -> String {
        self.of_log(if self.is_within() { END_WITHIN } else { END })
    }
}

/// The place in a row.
pub(super) fn place(row: &Row) -> Place {
    Place { seq: integer(row, 0), stamp: integer(row, 1) }
}

/// JSON that triggers have made of texts. Those had U+0000 and U+0001 as `client/value.rs` escapes them, behind JSON's own escapes now.
pub(super) fn plain(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u0001") {
        return Cow::Borrowed(json);
    }
    let mut plain = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let (said, length) = match from {
            from if from.starts_with("\\u0001\\u0001") => ("\\u0000", 12),
            from if from.starts_with("\\u0001\\u0002") => ("\\u0001", 12),
            // An escape of two characters; the rest of a longer one is plain.
            from => (from.get(..2).unwrap_or(from), 2.min(from.len())),
        };
        plain.push_str(said);
        rest = from.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_says_of_an_escaped_text_is_the_text() {
        // JSON's backslashes, not Rust's.
        let escape = |code: &str| format!("\\u{code}");
        let [zero, one, two] = ["0000", "0001", "0002"].map(escape);
        assert_eq!(plain("{\"a\":\"b\"}"), "{\"a\":\"b\"}");
        assert_eq!(plain(&format!("\"{one}{two}{one}{one}\\n{one}{one}é\"")), format!("\"{one}{zero}\\n{zero}é\""));
        // Behind an escaped backslash it only looks like an escape.
        let text = "\"\\\\u0001\"";
        assert_eq!(plain(text), text);
    }
}
