//! Taking a board along: `export` writes all of it as lines of JSON, `import` reads them into another file.
//!
//! `tables` says what is in it and in which order; `cell` how a value of SQLite is written and read; `stage` takes lines into
//! a file of their own, `check` compares them with the board, `apply` makes them part of it. `spans` writes runs as spans.

mod apply;
mod cell;
mod check;
mod export;
mod line;
mod out;
mod references;
mod refused;
mod spans;
mod stage;
mod tables;
mod work;

pub use export::{Format, Wanted};
pub use work::{Chunk, Exporting, Importing, Staged};
