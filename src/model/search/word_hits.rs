//! Where FTS5 has found something in a run, as `visual_hits` packs it: 32-bit numbers, how many columns there are, how many words each has,
//! then for each hit its phrase, its column, its first word, and how many words it has.

use super::document::FIELDS;
use super::score::{Found, score};

/// The hits in a run.
#[derive(Debug)]
pub struct WordHits {
    /// How well the run matches.
    pub score: i64,
    /// The field that matches best.
    pub field: usize,
    /// The hits in that field: the first word of each, and how many it has.
    pub words: Vec<(usize, usize)>,
}

impl WordHits {
    /// Reads what `visual_hits` has packed.
    #[must_use]
    pub fn of(blob: &[u8]) -> Self {
        let numbers = numbers(blob);
        let (columns, rest) = numbers.split_first().map_or((0, [].as_slice()), |(columns, rest)| (*columns, rest));
        let (sizes, hits) = rest.split_at(columns.min(rest.len()));
        // The last column has the marks of filters, which nobody has said.
        let fields = FIELDS.len().min(sizes.len());
        let mut phrases: Vec<usize> = Vec::new();
        let mut found = Found { sizes: sizes[..fields].iter().map(|size| *size as f64).collect(), hits: Vec::new() };
        let hits = || hits.chunks_exact(4).filter(|hit| hit[1] < fields);
        for hit in hits() {
            // Phrases are numbered as they come, without those of filters.
            let phrase = phrases.iter().position(|known| *known == hit[0]).unwrap_or_else(|| {
                phrases.push(hit[0]);
                phrases.len() - 1
            });
            found.hits.push((phrase, hit[1]));
        }
        let (score, field) = score(&found);
        let words = hits().filter(|hit| hit[1] == field).map(|hit| (hit[2], hit[3])).collect();
        Self { score, field, words }
    }

    /// The ranges of these hits in the field's text, whose words are `words`.
    #[must_use]
    pub fn spans(&self, words: &[std::ops::Range<usize>]) -> Vec<std::ops::Range<usize>> {
        let span = |(first, count): &(usize, usize)| {
            let last = words.get(first + count.max(&1) - 1)?;
            Some(words.get(*first)?.start..last.end)
        };
        self.words.iter().filter_map(span).collect()
    }
}

fn numbers(blob: &[u8]) -> Vec<usize> {
    let number =
        |four: &[u8]| four.try_into().map(i32::from_ne_bytes).ok().and_then(|number| usize::try_from(number).ok());
    blob.chunks_exact(4).map(|four| number(four).unwrap_or_default()).collect()
}
