//! What a sweep removes of runs, and where it goes on.

use rusqlite::Connection;

use super::choose::{HAS_BODIES, HAS_OUTPUT, START};
use crate::engine::pruning::ROUND_MS;
use crate::engine::sqlite::store::history::Place;
use crate::error::Result;

/// What of runs is swept: which columns say how far, and which runs still have it.
#[derive(Clone, Copy)]
pub(super) enum Sweep {
    Bodies,
    Output,
}

impl Sweep {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Output => "output",
        }
    }

    pub const fn which(self) -> &'static str {
        match self {
            Self::Bodies => HAS_BODIES,
            Self::Output => HAS_OUTPUT,
        }
    }
}

/// After which run a sweep goes on.
pub(super) fn start(inner: &Connection, of: Sweep, now: i64) -> Result<Place> {
    let name = of.name();
    let sql = format!("SELECT {name}_at, {name}_key, round_at FROM main.retention WHERE id = 1");
    let (at, key, round): (i64, i64, i64) =
        inner.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let is_round = (now - ROUND_MS..=now).contains(&round);
    Ok(if is_round && at > START.at { Place { at, key } } else { START })
}
