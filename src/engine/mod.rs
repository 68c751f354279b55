//! The seam: what a board can do, whichever engine keeps it; a trait for each concept. `sqlite` is a file, `postgres` a server.
//!
//! No layer above knows which engine answers: values come in as the model's [`Given`](crate::model::Given), rows go out in
//! a [`Batch`](crate::rows::Batch), errors are [`Error`](crate::error::Error)s.

mod archive;
mod archiving;
mod assignments;
pub mod beside_rows;
mod boards;
mod commits;
pub mod constraint_facts;
mod control;
pub mod dimension;
pub mod drops;
mod executions;
mod feed;
mod flows;
mod lists;
mod metadata;
mod moves;
mod new_row;
mod output;
pub mod past_boards;
#[cfg(feature = "postgres")]
pub mod postgres;
mod prompts;
mod prune;
pub mod pruning;

mod revisions;
mod run;
mod runs;
pub mod search;
mod series;
mod session;
mod sha256;
mod spending;
pub mod sqlite;
mod statistics;
pub mod transfer;
mod transfers;
mod trends;
mod undo;
mod undoing;
mod wip_limits;
mod workers;
mod worktrees;
mod zones;

pub use archive::Archive;
pub use assignments::Assignments;
pub use boards::{Boards, Part};
pub use commits::{Commits, Tell, Watch};
pub use control::Control;
pub use executions::Executions;
pub use feed::{CHANGED, ChangesAfter, Feed, Place};
pub use lists::Lists;
pub use metadata::Metadata;
pub use moves::{FlowFilter, MoveFilter, Moves};
pub use output::{Chunk, Output, STREAMS};
pub use prompts::Prompts;
pub use prune::{Policy, Pruned, Pruning};
pub use revisions::Revisions;
pub use runs::{RunFilter, RunOrder, Runs, RunsAfter};
pub use search::{Indexed, Search, SearchAfter, Sought};
pub use session::Session;
pub use spending::{BudgetKey, PERIOD_IS_OVER, Period, Spending};
pub use statistics::{Mended, Statistics};
pub use transfers::{Format, Imported, Refused, Sink, Source, Transfers, Wanted};
pub use trends::{By, TrendFilter, Trends};
pub use undo::Undo;
pub use wip_limits::WipLimits;
pub use workers::{Asked, Claim, Workers};
pub use worktrees::{WorktreeFilter, WorktreeOrder, Worktrees};
pub use zones::Zones;

/// All that a board can do.
pub trait Engine:
    Session
    + Commits
    + Lists
    + Worktrees
    + Zones
    + Assignments
    + Executions
    + Statistics
    + Trends
    + Runs
    + Workers
    + Output
    + Spending
    + Moves
    + Archive
    + Undo
    + Search
    + Prompts
    + Feed
    + Metadata
    + WipLimits
    + Revisions
    + Boards
    + Transfers
    + Pruning
{
}

impl<
    T: Session
        + Commits
        + Lists
        + Worktrees
        + Zones
        + Assignments
        + Executions
        + Statistics
        + Trends
        + Runs
        + Workers
        + Output
        + Spending
        + Moves
        + Archive
        + Undo
        + Search
        + Prompts
        + Feed
        + Metadata
        + WipLimits
        + Revisions
        + Boards
        + Transfers
        + Pruning,
> Engine for T
{
}
