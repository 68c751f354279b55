//! Rounds: the bodies or the output of all runs are pruned over several calls, each of which goes on where the last one stopped.

use rusqlite::Connection;

use super::choose::{HAS_BODIES, HAS_OUTPUT, START};
use crate::engine::pruning::ROUND_MS;
use crate::engine::sqlite::store::history::Place;
use crate::error::Result;

/// What of runs a round prunes: which columns say how far it is, and which runs still have it.
#[derive(Clone, Copy)]
pub(super) enum Round {
    Bodies,
    Output,
}

impl Round {
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

/// After which run a round goes on.
pub(super) fn start(inner: &Connection, of: Round, now: i64) -> Result<Place> {
    let name = of.name();
    let sql = format!("SELECT {name}_at, {name}_key, round_at FROM main.retention WHERE id = 1");
    let (at, key, round): (i64, i64, i64) =
        inner.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let is_round = (now - ROUND_MS..=now).contains(&round);
    Ok(if is_round && at > START.at { Place { at, key } } else { START })
}
