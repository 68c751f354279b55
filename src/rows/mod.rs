//! Rows on their way to JavaScript, packed, of no engine: what a batch holds, and how the memory is laid out in which it
//! crosses.

pub mod batch;
pub mod layout;
pub mod packed;
pub mod revision;

pub use batch::Batch;
