//! A run's life, from the wish to the result: what each call does in each state. No SQL and no clock: an engine reads a run's facts,
//! asks [`apply`] what a call makes of them at a moment, and writes that in the same transaction.
//! `docs/decisions/0022-the-life-of-a-run.md` shows all of it as a table, which a test compares with this code.

mod backoff;
mod bounds;
mod call;
mod fields;
mod lease;
mod limits;
mod moment;
mod output;
mod refusal;
mod state;
mod status;
mod transition;
mod usage;
mod wanted;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod table_of_docs;

pub use backoff::Backoff;
pub use bounds::{GRACE_MS, LEASE_MS, MAX_ATTEMPTS, TIMEOUT_MS, token};
pub use call::{Call, Outcome};
pub use fields::RUN;
pub use lease::Lease;
pub use limits::{Budget, Limit, Scope, full, spent};
pub use moment::{Boot, Moment};
pub use output::{Append, append};
pub use state::{Enqueued, New, Run, State, enqueue};
pub use status::{End, Status};
pub use transition::{Effect, Transition, apply};
pub use usage::{Amounts, FIELDS, MOST, Spent, Totals};
pub use wanted::{METADATA_BYTES, Wanted};
