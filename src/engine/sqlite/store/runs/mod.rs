//! Runs: `wishes`, `workers`, `output` and `spending` are the calls, `claim`, `sweep`, `usage`, `budgets` and `limits` their
//! longer parts. A call reads a run (`load`) as a `record`, asks the model what becomes of its life, and writes that (`settle`),
//! in one transaction.

mod budgets;
mod claim;
mod compiled;
mod lease;
mod leases;
mod limits;
mod load;
mod metadata;
mod output;
mod queue;
mod record;
mod row;
mod settle;
mod spending;
mod sql;
mod statements;
mod sweep;
mod usage;
mod wishes;
mod workers;

#[cfg(test)]
mod tests;

pub(super) use compiled::Statements;
pub(super) use load::push_listed_row;

/// The statement that keeps keys of runs above 0, for whatever makes notes on executions.
pub(super) fn floor() -> String {
    sql::Sql::Floor.sql()
}

/// The version of the schema that has their tables.
pub(super) const VERSION: u32 = 4;
