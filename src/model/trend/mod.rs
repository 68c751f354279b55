//! What trends are made of: runs that have ended, added up by quarters of an hour (`totals`, `day`, `bytes`, `histogram`), and the buckets
//! that callers see them in (`buckets`). No SQL, no clock.

pub mod buckets;
mod bytes;
pub mod day;
pub mod histogram;
#[cfg(test)]
mod tests;
pub mod totals;

pub use buckets::{Bucket, Buckets, Offsets, Range};
pub use day::Day;
pub use totals::{Ended, How, Totals};
