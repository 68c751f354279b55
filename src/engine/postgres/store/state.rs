//! What a store knows between two calls.

use tokio_postgres::Row;

/// What is left of a list.
pub type Rest = std::vec::IntoIter<Row>;

/// The transaction that is open.
#[derive(Debug, Default)]
pub struct Transaction {
    /// A transaction is, as the caller knows it.
    pub is_open: bool,
    /// A statement has failed, and what is sent next undoes it first.
    pub failed: bool,
    /// Why there is none any more on the server: the caller's calls fail until they have ended it themselves.
    pub lost: Option<String>,
}
