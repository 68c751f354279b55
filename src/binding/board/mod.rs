//! The calls of `VisualDatabase`, a file for each concept. Each takes the connection first, but for who is to be
//! woken; those that write take the time second.

mod assignments;
mod call;
mod executions;
mod lists;
pub mod opened;
mod statistics;
mod watch;
mod worktrees;
mod zones;

use super::state::Native;

/// The functions of this folder.
pub const FUNCTIONS: &[&[(&str, Native)]] = &[
    worktrees::FUNCTIONS,
    zones::FUNCTIONS,
    assignments::FUNCTIONS,
    executions::FUNCTIONS,
    statistics::FUNCTIONS,
    lists::FUNCTIONS,
    watch::FUNCTIONS,
];
