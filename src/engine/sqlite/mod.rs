//! Boards in an `SQLite` file: the one home of all that names `SQLite`.

pub mod backup;
pub mod driver;
pub mod file_id;
pub mod maintenance;
mod new_file;
pub mod open;
pub mod schema;
mod sole_name;
pub mod store;
pub mod transfer;
pub mod views;
