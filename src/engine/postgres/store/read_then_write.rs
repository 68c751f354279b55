//! Calls that write what depends on what they have read: two trips, between which nobody else writes.

use tokio_postgres::Row;

use super::Store;
use super::call::Call;
use super::conversation::SIGN;
use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::client::{Lost, Step};
use crate::error::Result;

/// A statement with its values.
pub(super) type Statement<'a> = (String, Vec<Value<'a>>);

impl Store {
    /// Reads one row and writes what `decide` makes of it, if anything: the rows that this returns. Where it was made before, those of
    /// `instead`, with the same values as `read`.
    pub(super) fn read_then_write<'a>(
        &self,
        read: &str,
        values: &[Value<'_>],
        instead: &str,
        mut decide: impl FnMut(Option<Row>) -> Result<Option<Statement<'a>>>,
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
        let (call, mut patience) = (Call::new(), self.patience());
        loop {
            let lost = match self.begin_with(call, read, values)? {
                Err(lost) => lost,
                Ok(row) => match decide(row) {
                    Ok(Some((sql, new))) => match self.end_with(&sql, &new)? {
                        Ok(rows) => return Ok(rows),
                        Err(lost) if lost.is_unsure() => {
                            if !self.outcome_of(call, lost, &mut patience)?.is_empty() {
                                return self.read(instead, values);
                            }
                            Lost::Gone
                        }
                        Err(lost) => lost,
                    },
                    decided => {
                        self.give_up();
                        return decided.map(|_| Vec::new());
                    }
                },
            };
            if !patience.allows(&lost) {
                return Err(lost.unavailable(&self.client.host()));
            }
        }
    }

    fn begin_with(&self, call: Call, sql: &str, values: &[Value<'_>]) -> Result<Result<Option<Row>, Lost>> {
        let (begin, sql) = (self.begin_writing(true, call), self.expanded(sql));
        let signature = self.signature();
        let mut steps = vec![Step::Script(&begin)];
        steps.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
        steps.push(Step::Statement(&sql, values));
        let answers = match self.say_first(&steps) {
            Ok(answers) => answers,
            Err(lost) => return Ok(Err(lost)),
        };
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
        Ok(Ok(rows.into_iter().next()))
    }

    fn end_with(&self, sql: &str, values: &[Value<'_>]) -> Result<Result<Vec<Row>, Lost>> {
        let sql = self.expanded(sql);
        let mut answers = match self.client.go_on(&[Step::Statement(&sql, values), Step::Script("COMMIT")]) {
            Ok(answers) => answers.into_iter(),
            Err(lost) => return Ok(Err(lost)),
        };
        let failed = |error| answered(error, &self.client.host());
        let rows = answers.next().unwrap_or_else(|| Ok(Vec::new())).map_err(failed)?;
        answers.try_for_each(|answer| answer.map(drop).map_err(failed))?;
        Ok(Ok(rows))
    }

    /// Rolls back what was begun. Where that can't be sent, the connection is closed, and the server rolls it back.
    pub(super) fn give_up(&self) {
        if self.client.go_on(&[Step::Script("ROLLBACK")]).is_err() {
            self.client.hang_up();
        }
    }
}
