//! What engines share about export and import: the form of an export, and lines on their way into a board.
//!
//! `tables` says what is in it and in which order; `form` what a line is, `cell` how a value of SQLite is written and read;
//! `stage` takes lines into a file of their own. `spans` writes runs as spans. `work` is an export or an import under way.

pub mod cell;
pub mod form;
mod line;
pub mod out;
mod references;
pub mod refused;
pub mod spans;
mod stage;
pub mod tables;
mod work;

pub use work::{Chunk, Exporting, Importing, Staged};
