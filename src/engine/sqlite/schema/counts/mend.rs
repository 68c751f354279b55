//! Checking whether the counts can be relied on, as cheaply as what has happened allows, and mending them.
//!
//! All that takes long is read from a snapshot, so nobody waits for it: how much the counts differ from the executions.
//! Only that is added to them, under the write lock. It is right also where others have recorded executions meanwhile,
//! which the triggers counted. Where somebody else has mended, or changed the schema, the check starts over.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::checked::{remember, standing};
use super::difference::{Difference, apply, differences, tables_have_rows, totals_agree};
use super::log::{Log, Since, log, since, since_the_check};
use super::{Standing, parts};
use crate::engine::Mended;
use crate::engine::sqlite::schema::inspect::in_snapshot;
use crate::error::Result;

/// How often it starts over.
const ATTEMPTS: u32 = 5;

/// What a check may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Mend what is wrong.
    pub write: bool,
    /// Read every execution where somebody has changed the schema, also if the counts' own parts are as they must be:
    /// they may have been dropped for a while.
    pub thorough: bool,
}

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The counts are right.
    Right,
    /// They were wrong, and are right now.
    Mended(Mended),
    /// They may be wrong, and were not mended.
    Doubtful,
}

/// How sure the counts are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Certain,
    /// Nothing came up, but a table is empty: of a file whose log was never folded, or because somebody emptied it. The
    /// totals tell, but the next opening has to check again.
    Empty,
    /// Every change was counted but what REPLACE deleted, so the totals tell.
    TotalsTell,
    Unknown,
}

/// Checks whether the counts can be relied on. Where that can't be found out, they can't.
#[must_use]
pub fn look(connection: &Connection, how: Look) -> Verdict {
    attempt(connection, how).unwrap_or(Verdict::Doubtful)
}

/// Reads every execution, whatever the file remembers, and mends what is wrong.
pub fn thoroughly(connection: &Connection) -> Result<Verdict> {
    let mut mended = Mended::default();
    for _ in 0..ATTEMPTS {
        if mend(connection, &mut mended)? {
            return Ok(verdict(mended));
        }
    }
    Ok(Verdict::Doubtful)
}

fn attempt(connection: &Connection, how: Look) -> Result<Verdict> {
    let mut mended = Mended::default();
    for _ in 0..ATTEMPTS {
        let (right, moment) = in_snapshot(connection, || {
            let case = case(connection, how)?;
            let right = match case {
                Case::Certain => true,
                Case::Empty | Case::TotalsTell => totals_agree(connection)?,
                Case::Unknown => false,
            };
            let worth_noting = right && how.write && case == Case::TotalsTell;
            Ok((right, if worth_noting { Some(Moment::read(connection)?) } else { None }))
        })?;
        if right {
            if let Some(moment) = moment.filter(Moment::has_same_schema) {
                // Whether the next one has to check again is not worth waiting or failing for.
                let _ = moment.add(connection, &[]);
            }
            return Ok(verdict(mended));
        }
        if !how.write {
            break;
        }
        mend(connection, &mut mended)?;
    }
    Ok(Verdict::Doubtful)
}

fn verdict(mended: Mended) -> Verdict {
    if mended == Mended::default() { Verdict::Right } else { Verdict::Mended(mended) }
}

fn case(connection: &Connection, how: Look) -> Result<Case> {
    let Some(found) = standing(connection)? else { return Ok(Case::Unknown) };
    if !found.has_same_schema() && (how.thorough || !parts::lacking(connection)?.is_empty()) {
        return Ok(Case::Unknown);
    }
    Ok(match since_the_check(connection)? {
        Since::Changed => Case::Unknown,
        Since::Appended if found.is_certain() && tables_have_rows(connection)? => Case::Certain,
        Since::Appended if found.is_certain() => Case::Empty,
        Since::Appended | Since::Folded => Case::TotalsTell,
    })
}

/// Mends what is wrong; `false` where somebody else changed what matters meanwhile.
fn mend(connection: &Connection, mended: &mut Mended) -> Result<bool> {
    let lacking = parts::lacking(connection)?;
    if !lacking.is_empty() {
        parts::restore(connection)?;
        forget_history(connection)?;
        mended.restored.extend(lacking);
    }
    let (moment, differences) = in_snapshot(connection, || Ok((Moment::read(connection)?, differences(connection)?)))?;
    let added = moment.add(connection, &differences)?;
    if added {
        mended.counts += differences.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    }
    Ok(added)
}

/// What the log lacks is missing in the history and in the search's index, too, which are rebuilt then. The ledger compares
/// by itself.
fn forget_history(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM main.changes_readers WHERE name IN ('history', 'search')", [])?;
    Ok(())
}

/// What tells whether differences that were read then can still be added.
struct Moment {
    standing: Option<Standing>,
    version: i64,
    log: Option<Log>,
}

impl Moment {
    fn read(connection: &Connection) -> Result<Self> {
        let version = connection.query_row("PRAGMA main.schema_version", [], |row| row.get(0))?;
        Ok(Self { standing: standing(connection)?, version, log: log(connection)? })
    }

    fn has_same_schema(&self) -> bool {
        self.standing.is_some_and(|standing| standing.has_same_schema())
    }

    /// Adds the differences to the counts and remembers that they are right; `false`, and nothing is done, where
    /// somebody else has remembered that, or changed the schema or the log. Doubts that came up since stay.
    fn add(&self, connection: &Connection, differences: &[(&'static str, Vec<Difference>)]) -> Result<bool> {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let now = Self::read(&transaction)?;
        let stamp = |moment: &Self| moment.standing.map(|standing| standing.stamp);
        let log_is_another = match self.log.filter(|log| log.is_whole) {
            Some(log) => since(&transaction, log.last, log.stamp)? == Since::Changed,
            None => now.log != self.log,
        };
        if stamp(&now) != stamp(self) || now.version != self.version || log_is_another {
            return Ok(false);
        }
        apply(&transaction, differences)?;
        if differences.iter().any(|(_, rows)| !rows.is_empty()) {
            forget_history(&transaction)?;
        }
        let doubts = |moment: &Self| moment.standing.map_or(0, |standing| standing.doubts);
        remember(&transaction, doubts(&now) - doubts(self))?;
        transaction.commit()?;
        Ok(true)
    }
}
