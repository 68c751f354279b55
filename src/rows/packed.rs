//! A part of a batch, read in place.

/// A position in a batch.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// How many cells are before it.
    pub cells: usize,
    /// How much of its Latin-1 text.
    pub text: usize,
    /// How much of its other text.
    pub wide: usize,
}

/// Cells of a batch, and their text; the blobs are those of the whole batch.
#[derive(Debug, Clone, Copy)]
pub struct Packed<'a> {
    /// As `Batch::ends`.
    pub ends: &'a [i32],
    /// As `Batch::numbers`.
    pub numbers: &'a [u64],
    /// Their Latin-1 text.
    pub text: &'a [u8],
    /// Where that begins in the batch's.
    pub text_from: i32,
    /// Their other text.
    pub wide: &'a [u16],
    /// Where that begins in the batch's.
    pub wide_from: usize,
    /// The batch's small blobs.
    pub bytes: &'a [u8],
    /// The batch's other blobs, and long texts.
    pub blobs: &'a [Vec<u8>],
}
