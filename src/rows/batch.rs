//! A batch of rows, packed: all text in one string, and a cell for each column beside it.
//!
//! One string and two arrays cross to JavaScript instead of a value for each column, which took most of the time of a list
//! (`docs/decisions/0002-packed-rows.md`). Text outside Latin-1 goes into a second string, so that one emoji doesn't make every
//! character beside it two bytes.

use std::borrow::Cow;

use super::packed::{Mark, Packed};

/// `ends` of a cell that is NULL.
pub const NULL: i32 = -1;
/// `ends` of a cell that is a 32-bit integer, kept in the first half of its `numbers`.
pub const INT: i32 = -2;
/// `ends` of a cell that is a double, kept in its `numbers`.
pub const REAL: i32 = -3;
/// `ends` of a cell that is a 64-bit integer to be read as a `BigInt`, kept in the bits of its `numbers`.
pub const BIG: i32 = -4;
/// `ends` of a cell that is a blob; its `numbers` say which of the batch's blobs.
pub const BLOB: i32 = -5;
/// `ends` of a cell that is a long text; its `numbers` say which of the batch's blobs it is.
pub const LONG: i32 = -6;
/// `ends` of a cell that is a small blob; the halves of its `numbers` say from where to where in the batch's bytes.
pub const SMALL_BLOB: i32 = -7;
/// `ends` of a cell that is text in the second string; its `numbers` say where it ends there.
pub const WIDE: i32 = -8;

/// How many cells a batch has at most.
pub const CELLS: usize = 8192;
/// How many bytes of small blobs a batch has at most.
pub const BYTES: usize = 64 * 1024;
/// The longest small blob, in bytes. Those cross together: a call for each took most of their time.
const SMALL: usize = 4 * 1024;
/// After how many bytes of text a batch takes no further row.
///
/// A part of a JavaScript string keeps all of the string in memory: so keeping one row of a list keeps so much more.
const TEXT: usize = 16 * 1024;
/// A text of more bytes goes by itself: keeping the id of a run must not keep its prompt.
const LONG_TEXT: usize = 1024;
/// After how many bytes that go by themselves a batch takes no further row.
const APART: usize = 1024 * 1024;

/// Rows, packed for JavaScript.
#[derive(Debug, Default)]
pub struct Batch {
    ends: Vec<i32>,
    numbers: Vec<u64>,
    text: Vec<u8>,
    wide: Vec<u16>,
    bytes: Vec<u8>,
    blobs: Vec<Vec<u8>>,
    apart: usize,
    rows: usize,
}

impl Batch {
    /// Empties it; its memory stays for the next rows.
    pub fn clear(&mut self) {
        self.ends.clear();
        self.numbers.clear();
        self.text.clear();
        self.text.shrink_to(4 * TEXT);
        self.wide.clear();
        self.wide.shrink_to(4 * TEXT);
        self.bytes.clear();
        self.blobs.clear();
        self.apart = 0;
        self.rows = 0;
    }

    /// For each cell with text, where that ends in the string; for others one of the constants above.
    #[must_use]
    pub fn ends(&self) -> &[i32] {
        &self.ends
    }

    /// For each cell with a number, its bits.
    #[must_use]
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// The text of all cells that fits Latin-1, in Latin-1.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether there is text outside Latin-1.
    #[must_use]
    pub fn has_wide(&self) -> bool {
        !self.wide.is_empty()
    }

    /// Takes that text out, in UTF-16, and leaves a spare buffer for the next rows.
    pub fn swap_wide(&mut self, spare: &mut Vec<u16>) {
        std::mem::swap(&mut self.wide, spare);
    }

    /// All small blobs.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes all other blobs and long texts out.
    #[must_use]
    pub fn take_blobs(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.blobs)
    }

    /// How many rows it holds.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where it ends now.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { cells: self.ends.len(), text: self.text.len(), wide: self.wide.len() }
    }

    /// What was appended since.
    #[must_use]
    pub fn since(&self, mark: &Mark) -> Packed<'_> {
        Packed {
            ends: self.ends.get(mark.cells..).unwrap_or_default(),
            numbers: self.numbers.get(mark.cells..).unwrap_or_default(),
            text: self.text.get(mark.text..).unwrap_or_default(),
            text_from: mark.text as i32,
            wide: self.wide.get(mark.wide..).unwrap_or_default(),
            wide_from: mark.wide,
            bytes: &self.bytes,
            blobs: &self.blobs,
        }
    }

    /// Whether another row of `columns` still fits.
    #[must_use]
    pub fn has_room(&self, columns: usize) -> bool {
        self.ends.len() + columns <= CELLS
            && self.text.len() + 2 * self.wide.len() < TEXT
            && self.bytes.len() < BYTES - SMALL
            && self.apart < APART
    }

    /// Ends a row.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    fn cell(&mut self, end: i32, bits: u64) {
        self.ends.push(end);
        self.numbers.push(bits);
    }

    /// Appends NULL.
    pub fn push_null(&mut self) {
        self.cell(NULL, 0);
    }

    /// Appends an integer: exact as a `BigInt`, else as JavaScript's number.
    pub fn push_integer(&mut self, value: i64, as_bigint: bool) {
        if as_bigint {
            self.cell(BIG, value as u64);
        } else if let Ok(small) = i32::try_from(value) {
            // The first half in memory on every platform of Node: they are all little-endian.
            self.cell(INT, u64::from(small as u32));
        } else {
            self.push_real(value as f64);
        }
    }

    /// Appends a double.
    pub fn push_real(&mut self, value: f64) {
        self.cell(REAL, value.to_bits());
    }

    /// Appends text; invalid UTF-8 in it becomes U+FFFD.
    pub fn push_text(&mut self, bytes: &[u8]) {
        if bytes.len() > LONG_TEXT {
            self.push_apart(LONG, bytes);
            return;
        }
        if bytes.is_ascii() {
            self.text.extend_from_slice(bytes);
        } else {
            // Valid text is checked much faster than text is repaired.
            let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
            if !is_latin1(text.as_bytes()) {
                self.wide.extend(text.encode_utf16());
                self.cell(WIDE, self.wide.len() as u64);
                return;
            }
            self.text.extend(text.chars().map(|character| character as u8));
        }
        // Beyond the longest string of JavaScript, making the string fails, so this end is never read.
        self.cell(i32::try_from(self.text.len()).unwrap_or(i32::MAX), 0);
    }

    /// Appends a blob.
    pub fn push_blob(&mut self, bytes: &[u8]) {
        let from = self.bytes.len();
        let to = from + bytes.len();
        if bytes.len() > SMALL || to > BYTES {
            return self.push_apart(BLOB, bytes);
        }
        self.bytes.extend_from_slice(bytes);
        // The first half in memory is the beginning: see `push_integer`.
        self.cell(SMALL_BLOB, from as u64 | (to as u64) << 32);
    }

    fn push_apart(&mut self, kind: i32, bytes: &[u8]) {
        let at = self.blobs.len();
        self.blobs.push(bytes.to_vec());
        self.apart += bytes.len().max(64);
        self.cell(kind, at as u64);
    }
}

/// Whether valid UTF-8 has no character above U+00FF: those begin with C4 or a higher byte.
fn is_latin1(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte < 0xc4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_latin1_cannot_say_is_apart() {
        let mut batch = Batch::default();
        batch.push_text(b"ab");
        batch.push_text("üÿ".as_bytes());
        batch.push_text("Ā😀".as_bytes());
        batch.push_text(b"c");
        batch.push_text(b"\xff");
        batch.push_null();
        assert_eq!(batch.ends(), [2, 4, WIDE, 5, WIDE, NULL]);
        assert_eq!(batch.numbers(), [0, 0, 3, 0, 4, 0]);
        assert_eq!(batch.text(), b"ab\xfc\xffc");
        let mut wide = Vec::new();
        batch.swap_wide(&mut wide);
        assert_eq!(String::from_utf16_lossy(&wide), "Ā😀\u{fffd}");
    }

    #[test]
    fn small_blobs_lie_together_and_large_ones_apart() {
        let mut batch = Batch::default();
        batch.push_blob(b"ab");
        batch.push_blob(b"");
        batch.push_blob(&[7; SMALL + 1]);
        batch.push_blob(b"c");
        assert_eq!(batch.ends(), [SMALL_BLOB, SMALL_BLOB, BLOB, SMALL_BLOB]);
        assert_eq!(batch.numbers(), [2 << 32, 2 | 2 << 32, 0, 2 | 3 << 32]);
        assert_eq!(batch.bytes(), b"abc");
        for _ in 0..=BYTES / SMALL {
            batch.push_blob(&[7; SMALL]);
        }
        assert!(batch.bytes().len() <= BYTES);
        assert_eq!(batch.ends().last(), Some(&BLOB));
    }

    #[test]
    fn integers_beyond_32_bits_are_numbers_unless_bigints_are_wanted() {
        let mut batch = Batch::default();
        batch.push_integer(-1, false);
        batch.push_integer(1 << 40, false);
        batch.push_integer(7, true);
        assert_eq!(batch.ends(), [INT, REAL, BIG]);
        assert_eq!(batch.numbers(), [u64::from(u32::MAX), 2f64.powi(40).to_bits(), 7]);
    }
}
