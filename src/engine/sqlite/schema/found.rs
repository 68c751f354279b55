//! What a file can turn out to be.

use super::history::Access;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing in it.
    Empty,
    /// This package's, at a version that it knows.
    Ours {
        /// 0 where everything was rolled back.
        version: u32,
        /// A copy made as SQL text has the tables but not the header.
        stamped: bool,
    },
    /// This package's, of a later version, and what may be done with it.
    Newer(i64, Access),
    /// The JavaScript layer's.
    JavaScriptLayer,
    /// Tables of these names, but not the JavaScript layer's: what differs.
    Different(Vec<String>),
    /// Somebody else's: why.
    Foreign(String),
}
