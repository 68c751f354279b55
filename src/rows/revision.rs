//! Revisions: a short text for a row and its metadata, which changes when any of it does. It is made of the row as JavaScript gets it, so
//! that it is the same whoever wrote the row, and on whichever engine.

use super::batch;
use super::packed::Packed;

/// A hash of 64 bits: two states of a row share one by chance once in 10^19. It protects against nobody, so it may be forgeable. All of a
/// row's text is hashed at once, in place in the batch, in a tenth of the time that reading the row takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision(u64);

/// The kind of a cell, in three bits; for a text or a blob its length is above these.
const NULL: u64 = 1;
const NUMBER: u64 = 2;
const TEXT: u64 = 3;
const WIDE: u64 = 4;
const APART: u64 = 5;
const BLOB: u64 = 6;

impl Revision {
    /// The revision of a packed row and its metadata.
    #[must_use]
    pub fn of(row: &Packed<'_>, metadata: Option<&str>) -> Self {
        let mut made = Self(0x243f_6a88_85a3_08d3);
        let (mut text, mut wide) = (row.text_from, row.wide_from as u64);
        for (&end, &number) in row.ends.iter().zip(row.numbers) {
            match end {
                batch::NULL => made.word(NULL),
                batch::INT => made.number(f64::from(number as u32 as i32)),
                batch::REAL => made.number(f64::from_bits(number)),
                batch::BIG => made.number(number as i64 as f64),
                batch::WIDE => {
                    made.word(WIDE | (number - wide) << 3);
                    wide = number;
                }
                batch::SMALL_BLOB => {
                    let (from, to) = (number as u32 as usize, (number >> 32) as usize);
                    made.bytes(BLOB, row.bytes.get(from..to).unwrap_or_default());
                }
                batch::LONG | batch::BLOB => {
                    let kind = if end == batch::LONG { APART } else { BLOB };
                    made.bytes(kind, row.blobs.get(number as usize).map(Vec::as_slice).unwrap_or_default());
                }
                end => {
                    made.word(TEXT | ((end - text) as u64) << 3);
                    text = end;
                }
            }
        }
        made.words(row.text);
        for units in row.wide.chunks(4) {
            made.word(units.iter().fold(0, |word, unit| word << 16 | u64::from(*unit)));
        }
        if let Some(metadata) = metadata {
            made.bytes(APART, metadata.as_bytes());
        }
        made
    }

    /// Its text.
    #[must_use]
    pub fn text(self) -> [u8; 11] {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        std::array::from_fn(|nth| DIGITS[(self.0 >> (6 * nth) & 63) as usize])
    }

    /// JavaScript has one kind of number, and a column one zero.
    fn number(&mut self, number: f64) {
        self.word(NUMBER);
        self.word((number + 0.0).to_bits());
    }

    fn bytes(&mut self, kind: u64, bytes: &[u8]) {
        self.word(kind | (bytes.len() as u64) << 3);
        self.words(bytes);
    }

    /// Bytes whose length was added before.
    fn words(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(last));
        }
    }

    /// Multiplies to 128 bits, and folds these.
    fn word(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_add(0x1319_8a2e_0370_7344);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::Batch;
    use super::*;

    /// A value of a row.
    #[derive(Debug, Clone, Copy)]
    enum Cell<'a> {
        Null,
        Integer(i64),
        Real(f64),
        Text(&'a str),
        Blob(&'a [u8]),
    }
    use Cell::{Blob, Integer, Null, Real, Text};

    fn push(batch: &mut Batch, cells: &[Cell<'_>]) {
        for cell in cells {
            match *cell {
                Null => batch.push_null(),
                Integer(value) => batch.push_integer(value, false),
                Real(value) => batch.push_real(value),
                Text(text) => batch.push_text(text.as_bytes()),
                Blob(bytes) => batch.push_blob(bytes),
            }
        }
        batch.end_row();
    }

    /// The revision of a row, whatever is before it in its batch.
    fn revision(cells: &[Cell<'_>]) -> String {
        let texts = [[].as_slice(), &[Text("before"), Text("Ā"), Blob(b"x"), Text("ü")]].map(|before| {
            let mut batch = Batch::default();
            push(&mut batch, before);
            let mark = batch.mark();
            push(&mut batch, cells);
            Revision::of(&batch.since(&mark), None).text()
        });
        assert_eq!(texts[0], texts[1]);
        String::from_utf8(texts[0].to_vec()).unwrap()
    }

    #[test]
    fn it_is_what_it_was_when_it_was_first_made() {
        // Callers keep revisions across versions of this package.
        let long = "x".repeat(2_000);
        let row = [Text("wt-1"), Integer(3001), Null, Real(0.5), Blob(b"ab"), Text("Ā😀"), Text("ü"), Text(&long)];
        assert_eq!(revision(&row), "cQGCMdF8O7D");
    }

    #[test]
    fn a_number_is_the_same_however_it_is_stored() {
        assert_eq!(revision(&[Real(-0.0)]), revision(&[Integer(0)]));
        assert_eq!(revision(&[Real(7.0), Real(4e12)]), revision(&[Integer(7), Integer(4_000_000_000_000)]));
    }

    #[test]
    fn what_a_value_is_and_where_it_ends_counts() {
        let long = ["x".repeat(2_000), "x".repeat(2_001)];
        let pairs = [
            ([Text("ab"), Text("c")], [Text("a"), Text("bc")]),
            ([Text(""), Null], [Null, Text("")]),
            ([Text("a\0"), Null], [Text("a"), Null]),
            ([Text("a"), Null], [Blob(b"a"), Null]),
            ([Text("ĀĀ"), Text("Ā")], [Text("Ā"), Text("ĀĀ")]),
            ([Text("Ā"), Text("a")], [Text("a"), Text("Ā")]),
            ([Text("Ā"), Null], [Text("ā"), Null]),
            ([Text(&long[0]), Null], [Text(&long[1]), Null]),
            ([Text(&long[0]), Null], [Blob(long[0].as_bytes()), Null]),
            ([Integer(1), Null], [Text("1"), Null]),
            ([Real(0.1), Null], [Real(0.2), Null]),
        ];
        for (one, other) in pairs {
            assert_ne!(revision(&one), revision(&other));
        }
    }

    #[test]
    fn metadata_counts() {
        let mut batch = Batch::default();
        push(&mut batch, &[Text("wt-1")]);
        let row = batch.since(&Batch::default().mark());
        let known = [None, Some("{}"), Some(r#"{"a":1}"#)].map(|metadata| Revision::of(&row, metadata).text());
        assert!(known[0] != known[1] && known[1] != known[2] && known[0] != known[2]);
    }

    /// Rows that differ in little: no two have the same revision.
    #[test]
    fn rows_that_differ_have_other_revisions() {
        let mut known = HashMap::new();
        for n in 0..100_000_i64 {
            let id = format!("wt-{}", n / 8);
            let cells = [Text(&id), Integer(n % 4), if n % 8 < 4 { Null } else { Text(&id[..2]) }];
            assert_eq!(known.insert(revision(&cells), n), None, "{cells:?}");
        }
    }
}
