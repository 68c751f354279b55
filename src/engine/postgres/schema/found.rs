//! What can be found of a board.

/// What was found of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Not even the schema.
    NoSchema,
    /// A schema without a board.
    NoBoard,
    /// A board.
    Board {
        /// 0 where everything was rolled back.
        version: u32,
        /// The step after that version was undone on purpose.
        pinned: bool,
    },
}

impl Found {
    /// Its version, and whether it is to stay there.
    #[must_use]
    pub const fn version(self) -> (u32, bool) {
        match self {
            Self::NoSchema | Self::NoBoard => (0, false),
            Self::Board { version, pinned } => (version, pinned),
        }
    }
}
