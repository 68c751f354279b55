//! Calls that write what hangs on what they have read: two trips, between which nobody else writes.

use tokio_postgres::Row;

use super::Store;
use super::sql::expand;
use crate::engine::postgres::client::error::{answered, outcome_unknown, unavailable};
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Lost, Step};
use crate::error::Result;

/// A statement with its values.
pub(super) type Statement<'a> = (String, Vec<Value<'a>>);

impl Store {
    /// Reads one row and writes what `decide` makes of it, if anything: the rows that this returns.
    pub(super) fn read_then_write<'a>(
        &self,
        read: &str,
        values: &[Value<'_>],
        decide: impl FnOnce(Option<Row>) -> Result<Option<Statement<'a>>>,
    ) -> Result<Vec<Row>> {
        self.check_open()?;
        self.check_writable()?;
        if self.is_within() {
            let row = self.read_one(read, values)?;
            return match decide(row)? {
                Some((sql, values)) => self.write(&sql, &values),
                None => Ok(Vec::new()),
            };
        }
        let row = self.begin_with(read, values)?;
        match decide(row) {
            Ok(Some((sql, values))) => self.end_with(&sql, &values),
            Ok(None) => {
                self.give_up();
                Ok(Vec::new())
            }
            Err(error) => {
                self.give_up();
                Err(error)
            }
        }
    }

    fn begin_with(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>> {
        let (begin, sql) = (self.begin_writing(true), expand(sql, &self.schema));
        let sent = self.client.send(&[Step::Script(&begin), Step::Statement(&sql, values)]);
        let answers = sent.map_err(|lost| match lost {
            Lost::Unsent(error) => error,
            Lost::Sent(why) => unavailable(&self.client.host(), &why),
        })?;
        let mut rows = Vec::new();
        for answer in answers {
            match answer {
                Ok(came) => rows = came,
                Err(error) => {
                    let failed = answered(error, &self.client.host());
                    self.give_up();
                    return Err(failed);
                }
            }
        }
        Ok(rows.into_iter().next())
    }

    fn end_with(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let sql = expand(sql, &self.schema);
        if !self.client.is_connected() {
            return Err(unavailable(&self.client.host(), "the connection was closed"));
        }
        let sent = self.client.send(&[Step::Statement(&sql, values), Step::Script("COMMIT")]);
        let mut answers = sent
            .map_err(|lost| match lost {
                Lost::Unsent(error) => error,
                Lost::Sent(why) => outcome_unknown(&self.client.host(), &why),
            })?
            .into_iter();
        let failed = |error| answered(error, &self.client.host());
        let rows = answers.next().unwrap_or_else(|| Ok(Vec::new())).map_err(failed)?;
        answers.try_for_each(|answer| answer.map(drop).map_err(failed))?;
        Ok(rows)
    }

    /// Ends what was begun. Where that can't be said, the server ends it with the connection.
    fn give_up(&self) {
        if self.client.send(&[Step::Script("ROLLBACK")]).is_err() {
            self.client.hang_up();
        }
    }
}
