//! Taking a board along: `sources` makes rows of the lines from the tables here, `export` writes them, `spans` writes what ran. `fits` says
//! what this engine can't store of staged lines, `load` brings the rest to the server, `check` compares it with the board, `apply`, with
//! `ledger`, makes it part of the board.

mod apply;
mod check;
mod export;
mod fits;
mod ledger;
mod load;
mod sources;
mod spans;

use std::path::Path;
use std::time::Duration;

use super::Store;
use crate::engine::postgres::client::Client;
use crate::engine::transfer::refused::refused;
use crate::engine::{Imported, Refused, Sink, Source, Transfers, Wanted};
use crate::error::Result;

/// How long to wait for somebody else's lock.
const LOCK: Duration = Duration::from_secs(30);
/// How long the server may take for a statement that reads all of a table.
const PATIENCE: Duration = Duration::from_secs(3_600);

impl Transfers for Store {
    fn elsewhere(&self) -> Option<Source> {
        let (target, schema, readonly) = (self.client.target().clone(), self.name.clone(), self.readonly);
        Some(Box::new(move || {
            let client = Client::open(target, readonly, LOCK)?;
            client.be_patient(PATIENCE);
            Ok((Box::new(Self::new(client, &schema, readonly)), None))
        }))
    }

    fn about_lines(&self) -> Result<u64> {
        self.about()
    }

    fn export(&self, wanted: Wanted, sink: Sink<'_>) -> Result<()> {
        self.in_snapshot(|| self.export_within(wanted, sink))
    }

    fn take_staged(&self, staged: &Path) -> Result<Imported> {
        let stage = load::open(staged)?;
        if let Some(first) = fits::misfits(&stage, 1)?.first() {
            return Err(refused(first.line, &first.why));
        }
        self.all_or_nothing(|| {
            self.load(&stage, &[])?;
            if let Some(first) = self.strangers(1)?.first() {
                return Err(refused(first.line, &first.why));
            }
            self.apply()
        })
    }

    fn refused_of(&self, staged: &Path, most: usize) -> Result<Vec<Refused>> {
        let stage = load::open(staged)?;
        let mut found = fits::misfits(&stage, most)?;
        if found.len() < most {
            let lines: Vec<u64> = found.iter().map(|refused| refused.line).collect();
            // It is only checked: what this writes is rolled back.
            self.undone(|| {
                self.load(&stage, &lines)?;
                found.extend(self.strangers(most - found.len())?);
                Ok(())
            })?;
        }
        found.sort_unstable_by_key(|refused| refused.line);
        Ok(found)
    }
}
