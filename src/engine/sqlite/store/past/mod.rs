//! The board as it was at a time: a board that was kept, and what the log says since (`model::canvas`).

mod compact;
mod held;
mod keep;
mod list;
mod read;
mod spans;
mod sql;
mod statements;
#[cfg(test)]
mod tests;

pub(super) use held::Past;

/// The version of the schema that keeps boards.
const VERSION: u32 = 5;
