//! The connection to SQLite: open, flags, statements. The only home of raw `sqlite3` pointers.

mod bind;
mod checkpoint;
pub mod clock;
pub mod code;
mod column;
mod commits;
pub mod connection;
mod describe;
pub mod error;
mod exec;
mod extension;
mod full_text;
pub mod function;
pub mod online_backup;
pub mod open;
pub mod other_layout;
pub mod page_bytes;
mod read;
mod register_function;
mod removed_files;
mod same_files;
mod serialize;
pub mod statement;
pub mod transaction;
pub mod vfs;
mod waiting_for_locks;
mod watcher;

pub use bind::Bind;
pub use connection::Connection;
pub use describe::Column;
pub use full_text::Tokenizer;
pub use statement::Statement;
pub use watcher::Watched;
