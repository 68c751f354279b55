//! Runs: the calls are in `wishes`, `workers`, `output` and `spending`, the longer of them in `claim`, `sweep`, `list` and `trend`. A call
//! locks a run and reads it (`load`) as a record, asks the model what becomes of it, and writes that (`settle`), in one transaction of two
//! trips. Where nothing is to be decided a statement does it in one (`usual`).

mod budgets;
mod claim;
mod clock;
mod columns;
mod counting;
mod insert;
mod limits;
mod list;
mod load;
mod output;
mod pruned_days;
mod reader;
mod settle;
mod spending;
mod sweep;
mod trend;
mod usage;
mod usual;
mod wishes;
mod workers;

pub(super) use columns::{FROM, Found, columns, read};
pub(super) use list::{asked_on_branch, push_listed};
