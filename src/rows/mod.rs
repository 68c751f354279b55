//! Packed rows on their way to JavaScript, whatever the engine: what a batch holds, and the layout of the memory in which it
//! crosses.

pub mod batch;
pub mod layout;
pub mod packed;
pub mod revision;

pub use batch::Batch;
