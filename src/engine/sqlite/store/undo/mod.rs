//! Undo and redo: `record` remembers what an actor does to the canvas, `back` takes it back, or does it again.

mod back;
mod held;
mod record;
mod sql;
mod statements;
#[cfg(test)]
mod tests;

pub(super) use held::Undo;

/// The version of the schema that has its table.
const VERSION: u32 = 5;
