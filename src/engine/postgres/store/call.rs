//! A call that writes, as the log of changes knows it (`schema/postgres/0003_changes.up.sql`).

use crate::model::execution;

/// The number of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Call(pub i64);

impl Call {
    /// A new number, by chance.
    pub(super) fn new() -> Self {
        Self((execution::random() >> 1) as i64)
    }
}
