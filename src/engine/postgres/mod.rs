//! The second engine: a PostgreSQL server. `client` speaks to it, `schema` looks after its tables, `store` implements the seam,
//! a file for each concept; `maintenance` looks after versions, `look` runs a person's own SQL.

mod client;
mod look;
pub mod maintenance;
mod open;
mod options;
mod schema;
mod ssl_mode;
mod store;
mod target;

pub use client::Looked;
pub use look::look;
pub use open::open;
pub use options::Options;
pub use store::Store;
pub use target::Target;
