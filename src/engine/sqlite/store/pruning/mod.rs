//! Pruning keeps a board small: `choose` says which runs are next, `runs` removes them and keeps what they come to, `bodies` empties
//! them, `log` cuts the log, `disk` gives the room back; `prune` does all of it in short steps, `policy` is what the file says, `count` what
//! would be done.

mod bodies;
mod choose;
mod count;
mod disk;
mod log;
mod policy;
mod prune;
mod quiet;
mod room;
mod rounds;
mod runs;

pub(super) use crate::engine::pruning::Sizes;

/// The version of the schema that has what this needs.
const VERSION: u32 = 6;

/// Ids as JSON, for a statement that takes a list.
fn list<T: serde::Serialize>(of: &[T]) -> String {
    serde_json::to_string(of).unwrap_or_default()
}
