//! The rules of the contract: what a value may be, what stands in for a missing one, and the words of the errors.
//! No SQL and no Node-API, so that any engine and any binding can use them as they are.

pub mod canvas;
mod columns;
pub mod coordinate;
pub mod entity;
pub mod execution;
pub mod free_port;
pub mod given;
pub mod json;
pub mod ledger;
pub mod metadata;
pub mod number;
pub mod object;
pub mod pattern;
pub mod percentile;
pub mod period;
pub mod port;
pub mod prompt;
#[cfg(test)]
mod random;

#[cfg(test)]
mod refused;
pub mod rules;
pub mod run;
pub mod search;
pub mod time;
pub mod trend;
pub mod undo;
pub mod worktree;
pub mod zone;

pub use entity::Entity;
pub use execution::EXECUTION;
pub use given::{Field, Given};
pub use rules::Stored;
pub use run::RUN;
pub use worktree::WORKTREE;
pub use zone::ZONE;
