//! The connection to SQLite: open, flags, statements, packed rows. The only home of raw `sqlite3` pointers.

pub mod busy;
mod checkpoint;
pub mod code;
pub mod connection;
pub mod function;
pub mod online_backup;
pub mod open;
pub mod packed;
pub mod page_bytes;
mod place;
pub mod statement;
pub mod transaction;
pub mod vfs;

pub use connection::Connection;
pub use packed::Frame;
pub use statement::{Bind, Statement};

// Versions before 3.51.3 have a fault in WAL mode that loses commits: with one of those the crate doesn't compile.
const _: () = assert!(rusqlite::ffi::SQLITE_VERSION_NUMBER >= 3_051_003, "the bundled SQLite is too old");
