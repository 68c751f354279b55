//! Versions of the tables: finding out which one a board has, and bringing it to the one that the code needs, or back, under a lock.
//!
//! `prepare` is what every opening goes through; the rest serves the command line.

mod found;
mod migrate;
mod migrations;
pub mod names;
mod prepare;
mod refusal;
mod sent;
mod shape;
mod status;
mod verify;

pub use migrate::{down, up};
pub use prepare::prepare;
pub use status::status;
pub use verify::verify;
