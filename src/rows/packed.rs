//! A part of a batch, to be looked at where it lies.

/// A place in a batch.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// How many cells are before it.
    pub cells: usize,
    /// How much text.
    pub text: usize,
    /// How much that Latin-1 can't say.
    pub wide: usize,
}

/// Cells of a batch, and the text that is theirs; blobs are those of all of it.
#[derive(Debug, Clone, Copy)]
pub struct Packed<'a> {
    /// As `Batch::ends`.
    pub ends: &'a [i32],
    /// As `Batch::numbers`.
    pub numbers: &'a [u64],
    /// Their text that Latin-1 can say.
    pub text: &'a [u8],
    /// Where it begins in the batch's.
    pub text_from: i32,
    /// Their text that Latin-1 can't say.
    pub wide: &'a [u16],
    /// Where it begins in the batch's.
    pub wide_from: usize,
    /// Small blobs.
    pub bytes: &'a [u8],
    /// All other blobs, and long texts.
    pub blobs: &'a [Vec<u8>],
}
