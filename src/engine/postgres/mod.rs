//! The second engine: a PostgreSQL server. `client` speaks to it, `schema` looks after its tables, `store` implements the seam,
//! a file for each concept; what it doesn't do yet is one list, `store/unbuilt.rs`.

mod client;
mod open;
mod schema;
mod store;
mod target;

pub use open::{Options, open};
pub use store::Store;
pub use target::Target;
