//! Runs: `wishes` and `workers` are the calls, `claim`, `sweep` and `list` what of them is long. A call reads a run (`load`) as a
//! `record`, asks the model what it makes of its life, and writes that (`settle`), in one transaction.

mod claim;
mod lease;
mod list;
mod load;
mod push;
mod queue;
mod record;
mod row;
mod settle;
mod sql;
mod statements;
mod sweep;
mod wishes;
mod workers;

#[cfg(test)]
mod tests;

pub(super) use statements::Statements;

/// The version of the schema that has their tables.
const VERSION: u32 = 4;
