//! Copies of the database that can be trusted: made, verified, listed, thinned out and brought back.
//!
//! A backup is one SQLite file without side files, and a manifest beside it (`<file>.json`). Nothing here knows Node.

mod checksum;
mod content;
mod copy;
mod create;
mod error;
mod files;
mod list;
mod lock;
mod manifest;
mod name;
mod replace;
mod restore;
mod retention;
mod schedule;
mod verify;

#[cfg(test)]
mod tests;

pub use content::Counts;
pub use copy::{Progress, Report, Stage, unreported};
pub use create::{Create, create, create_from_bytes};
pub use files::{is_partial, with_suffix};
pub use list::{Listed, list};
pub use manifest::{Backup, Kind, Manifest};
pub use name::default_folder;
pub use replace::resume;
pub use restore::{How, Restored, restore};
pub use retention::{Keep, Pruned, discard, prune, prune_for};
pub use schedule::{Ran, run_if_due};
pub use verify::verify;
