//! The layout of the memory that is shared with JavaScript, in bytes.

use super::batch::{BYTES, CELLS};

/// A part of the memory. Writes to it stay within it.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    start: usize,
    length: usize,
}

impl Part {
    const fn first(length: usize) -> Self {
        Self { start: 0, length }
    }

    const fn next(self, length: usize) -> Self {
        Self { start: self.end(), length }
    }

    /// The part from one of the head's 32-bit integers to its end.
    const fn integer(self, index: usize) -> Self {
        let skipped = index * size_of::<i32>();
        Self { start: self.start + skipped, length: self.length - skipped }
    }

    /// Where it begins.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start
    }

    /// How long it is.
    #[must_use]
    pub const fn length(self) -> usize {
        self.length
    }

    /// Where it ends.
    #[must_use]
    pub const fn end(self) -> usize {
        self.start + self.length
    }
}

// The indexes of the head's integers; the first, index 0, is how many rows the call returned.
/// Whether there are more rows.
pub const MORE: usize = 1;
/// How often the statement was compiled again because the schema had changed.
pub const RECOMPILATIONS: usize = 2;
/// The generation of the rows, 0 where that can't be told.
pub const GENERATION_INDEX: usize = 3;
/// Whether there is text in a second string.
pub const HAS_WIDE_INDEX: usize = 7;

/// What a call tells beside its rows: eight integers.
pub const HEAD: Part = Part::first(32);
/// The head from the generation on.
pub const GENERATION: Part = HEAD.integer(GENERATION_INDEX);
/// The head from `HAS_WIDE_INDEX` on.
pub const HAS_WIDE: Part = HEAD.integer(HAS_WIDE_INDEX);
/// The batch's `ends`.
pub const ENDS: Part = HEAD.next(CELLS * size_of::<i32>());
/// Its `numbers`.
pub const NUMBERS: Part = ENDS.next(CELLS * size_of::<u64>());
/// Its small blobs.
pub const BLOBS: Part = NUMBERS.next(BYTES);
/// All of it.
pub const LENGTH: usize = BLOBS.end();
