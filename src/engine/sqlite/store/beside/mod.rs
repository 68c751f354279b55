//! What a board has beside its rows: prompts made from templates, metadata, limits of work in progress, free
//! ports, revisions; and the whole board with all of it.

mod board_runs;
mod boards;
mod compiled;
mod metadata;
mod ports;
mod prompts;
mod revisions;
mod sql;
mod statements;
#[cfg(test)]
mod tests;
mod wip_limits;

pub(super) use compiled::Statements;

/// The version of the schema that has its tables.
const VERSION: u32 = 5;
