//! The connection to SQLite: open, flags, statements. The only home of raw `sqlite3` pointers.

mod busy;
mod checkpoint;
pub mod code;
mod column;
pub mod connection;
pub mod error;
mod exec;
pub mod function;
pub mod online_backup;
pub mod open;
pub mod page_bytes;
mod place;
mod serialize;
pub mod statement;
pub mod transaction;
mod turn;
pub mod vfs;
mod waiting;

pub use connection::Connection;
pub use statement::{Bind, Statement};
