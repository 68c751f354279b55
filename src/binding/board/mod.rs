//! The calls of `VisualDatabase`, a file for each concept. Each takes the connection first, except `wakeBy`; those that write
//! take the time second.

mod actors;
mod archive;
mod assignments;
mod beside;
mod call;
mod executions;
mod feed;
mod lists;
mod moves;
pub mod opened;
mod output;
mod prompts;
mod prune;
mod runs;
mod search;
mod spending;
mod statistics;
mod trends;
mod undo;
mod watch;
mod workers;
mod worktrees;
mod zones;

use super::state::Native;

pub const FUNCTIONS: &[&[(&str, Native)]] = &[
    worktrees::FUNCTIONS,
    zones::FUNCTIONS,
    assignments::FUNCTIONS,
    executions::FUNCTIONS,
    statistics::FUNCTIONS,
    trends::FUNCTIONS,
    runs::FUNCTIONS,
    workers::FUNCTIONS,
    output::FUNCTIONS,
    prompts::FUNCTIONS,
    beside::FUNCTIONS,
    spending::FUNCTIONS,
    feed::FUNCTIONS,
    lists::FUNCTIONS,
    moves::FUNCTIONS,
    archive::FUNCTIONS,
    undo::FUNCTIONS,
    prune::FUNCTIONS,
    search::FUNCTIONS,
    actors::FUNCTIONS,
    watch::FUNCTIONS,
];
