//! Kept lists: whether a kept answer still holds is asked in the trip that would read it again.
//!
//! The server's own snapshot tells: as long as `pg_current_snapshot()` is the same, nobody has committed anything. It is read before the
//! list and behind it, and the list isn't read where it is the snapshot that is known. Snapshots grow and never come back, so the list is
//! of that snapshot where both are the same. Another connection may lead to another server, so that nothing is known of it; and a standby's
//! snapshot doesn't say what is under way.

use tokio_postgres::Row;

use super::Store;
use super::state::Snapshot;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::error_codes::answered;
use crate::engine::postgres::client::value::{Value, text_of};
use crate::error::Result;

const SNAPSHOT: &str = "SELECT pg_catalog.pg_current_snapshot()::text";

/// What came of a list.
pub(super) enum Listed {
    /// The kept answer still holds.
    Holds,
    /// Its rows.
    Rows(Vec<Row>),
}

impl Store {
    /// The generation of the kept answer of the next list; 0 for none.
    pub(super) fn expect_generation(&self, kept: i32) {
        self.snapshot.borrow_mut().kept = kept;
        self.snapshot.borrow_mut().read = 0;
    }

    /// Reads a list, unless its kept answer still holds.
    pub(super) fn read_unless_kept(&self, sql: &str, values: &[Value<'_>]) -> Result<Listed> {
        self.check_open()?;
        self.refuse_to_gather()?;
        let kept = std::mem::take(&mut self.snapshot.borrow_mut().kept);
        if self.is_within() {
            return self.read(sql, values).map(Listed::Rows);
        }
        for is_kept in [true, false] {
            let Some(number) = self.client.tells_snapshots() else { break };
            let known = self.snapshot.borrow().known(number, kept).filter(|_| is_kept).unwrap_or_default();
            let inner = self.expanded(sql);
            let sql = format!("SELECT kept.* FROM ({inner}) AS kept WHERE ({SNAPSHOT}) <> ${}", values.len() + 1);
            let mut values = values.to_vec();
            values.push(Value::Text(known.as_str().into()));
            let steps =
                [Step::Statement(SNAPSHOT, &[]), Step::Statement(&sql, &values), Step::Statement(SNAPSHOT, &[])];
            let answers = match self.client.send(&steps) {
                Err(lost) if lost.may_pass() => break,
                Ok(_) if self.client.take_lost_name() => break,
                sent => sent.map_err(|lost| lost.unavailable(&self.client.host()))?,
            };
            let answers: Vec<Vec<Row>> =
                answers.into_iter().collect::<Result<_, _>>().map_err(|error| answered(error, &self.client.host()))?;
            let Ok([before, rows, after]) = <[Vec<Row>; 3]>::try_from(answers) else { break };
            let said = |rows: &[Row]| rows.first().and_then(|row| text_of(row, 0)).unwrap_or_default();
            let [before, after] = [said(&before), said(&after)];
            let is_here = self.client.tells_snapshots() == Some(number);
            if before == known && after == known && is_here {
                self.snapshot.borrow_mut().read = kept;
                return Ok(Listed::Holds);
            }
            if before == known {
                // Somebody has committed in between, so that nobody knows what the list saw; or this is another server.
                continue;
            }
            if before == after && is_here {
                self.snapshot.borrow_mut().note(number, before);
            }
            return Ok(Listed::Rows(rows));
        }
        self.read(sql, values).map(Listed::Rows)
    }
}

impl Snapshot {
    /// The snapshot of a generation, where that is the last one and of this connection.
    fn known(&self, connection: u64, generation: i32) -> Option<String> {
        (generation != 0 && generation == self.generation && connection == self.connection).then(|| self.text.clone())
    }

    /// Notes that a list was read of a snapshot.
    fn note(&mut self, connection: u64, text: String) {
        if connection != self.connection || text != self.text {
            // 0 stands for none.
            self.generation = self.generation.checked_add(1).unwrap_or(1);
            (self.connection, self.text) = (connection, text);
        }
        self.read = self.generation;
    }
}
