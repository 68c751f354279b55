//! Where FTS5 has found something in a run, as `visual_hits` tells it: 32-bit numbers, how many columns there are, how many words each
//! has, then for each hit its phrase, its column, its first word, and of how many words it is.

use super::document::FIELDS;
use super::score::{Found, score};

/// What was found.
#[derive(Debug)]
pub struct WordHits {
    /// How well the run answers.
    pub score: i64,
    /// The field that says most.
    pub field: usize,
    /// Of its phrases in that field: the first word, and of how many words each is.
    pub words: Vec<(usize, usize)>,
}

impl WordHits {
    /// What `visual_hits` has packed.
    #[must_use]
    pub fn of(blob: &[u8]) -> Self {
        let numbers = numbers(blob);
        let (columns, rest) = numbers.split_first().map_or((0, [].as_slice()), |(columns, rest)| (*columns, rest));
        let (sizes, hits) = rest.split_at(columns.min(rest.len()));
        // The last column has the marks that filters ask for, which are no words of anybody.
        let fields = FIELDS.len().min(sizes.len());
        let mut phrases: Vec<usize> = Vec::new();
        let mut found = Found { sizes: sizes[..fields].iter().map(|size| *size as f64).collect(), hits: Vec::new() };
        let hits = || hits.chunks_exact(4).filter(|hit| hit[1] < fields);
        for hit in hits() {
            // Phrases are counted as they come: those of filters are none.
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

    /// Where that is in the field's text, of which these are the words.
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
