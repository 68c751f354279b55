//! Calls that write what hangs on what they have read: two trips, between which nobody else writes.

use tokio_postgres::Row;

use super::Store;
use super::conversation::SIGN;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::error::answered;
use crate::engine::postgres::client::value::Value;
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
        self.refuse_to_gather()?;
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
        let (begin, sql) = (self.begin_writing(true), self.expanded(sql));
        let signature = self.signature();
        let mut steps = vec![Step::Script(&begin)];
        steps.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
        steps.push(Step::Statement(&sql, values));
        let sent = self.say_first(&steps);
        let answers = sent.map_err(|lost| lost.unavailable(&self.client.host()))?;
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
        let sql = self.expanded(sql);
        let sent = self.client.go_on(&[Step::Statement(&sql, values), Step::Script("COMMIT")]);
        let mut answers = sent.map_err(|lost| lost.outcome_unknown(&self.client.host()))?.into_iter();
        let failed = |error| answered(error, &self.client.host());
        let rows = answers.next().unwrap_or_else(|| Ok(Vec::new())).map_err(failed)?;
        answers.try_for_each(|answer| answer.map(drop).map_err(failed))?;
        Ok(rows)
    }

    /// Ends what was begun. Where that can't be said, the server ends it with the connection.
    pub(super) fn give_up(&self) {
        if self.client.go_on(&[Step::Script("ROLLBACK")]).is_err() {
            self.client.hang_up();
        }
    }
}
