//! The archive: worktrees off the board, with their history. `put` takes one off, `restore` brings it back, `list` shows them,
//! `moving` takes executions from the board to the archive and back, `belongs` tells which worktree a run is of.

mod belongs;
mod calls;
mod compiled;
mod list;
mod moving;
mod put;
mod restore;
mod sql;
mod statements;
#[cfg(test)]
mod tests;

pub(super) use compiled::Statements;

/// The version of the schema that has it.
pub(super) const VERSION: u32 = 5;
