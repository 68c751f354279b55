//! Text on its way to the sink, piece by piece.

use sha2::{Digest, Sha256};

use crate::engine::Sink;
use crate::engine::sha256::hex;
use crate::error::Result;

/// From how many bytes on the text is handed over.
const CHUNK: usize = 512 * 1024;

/// The text on its way.
pub struct Out<'a> {
    sink: Sink<'a>,
    /// What was not handed over yet.
    pub text: Vec<u8>,
    hash: Sha256,
    /// How many lines there are.
    pub lines: u64,
}

impl<'a> Out<'a> {
    /// Nothing is written yet.
    pub fn new(sink: Sink<'a>) -> Self {
        Self { sink, text: Vec::with_capacity(CHUNK + CHUNK / 4), hash: Sha256::new(), lines: 0 }
    }

    /// Ends the line that was begun in `text`.
    ///
    /// # Errors
    /// What the sink says.
    pub fn end_line(&mut self) -> Result<()> {
        self.text.push(b'\n');
        self.lines += 1;
        if self.text.len() >= CHUNK { self.hand_over() } else { Ok(()) }
    }

    /// The SHA-256 of what was handed over.
    #[must_use]
    pub fn sum(&self) -> String {
        hex(self.hash.clone())
    }

    /// Hands over what there is.
    ///
    /// # Errors
    /// What the sink says.
    pub fn hand_over(&mut self) -> Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::replace(&mut self.text, Vec::with_capacity(CHUNK + CHUNK / 4));
        self.hash.update(&text);
        (self.sink)(text, self.lines)
    }
}
