//! The runs in which something was found, the best first: the hits that were indexed last are ranked, then those before them, so many at
//! a time. So a page costs as much where a word is in a million runs as where it is in a thousand.

use super::asked::{Asking, Way};
use super::index::Where;
use super::sql::Sql;
use crate::engine::SearchAfter;
use crate::engine::sqlite::driver::{Bind, Statement, Tokenizer};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::Known;
use crate::error::Result;
use crate::model::search::{FIELDS, Found, excerpt, score};
use crate::rows::Batch;

/// So many hits are ranked together.
const RANKED: usize = 400;
/// Where every text has to be read to tell whether it is one.
const RANKED_BY_TEXT: usize = 200;

/// Something that was found.
struct Hit {
    doc: i64,
    place: Where,
    score: i64,
    field: usize,
    /// Of its phrases in that field: the first word, and of how many words each is.
    words: Vec<(usize, usize)>,
}

impl Store {
    /// Appends what was found behind a position, at most so many runs. In a snapshot.
    pub(super) fn push_hits(
        &self,
        asking: &Asking<'_>,
        after: SearchAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        let tokenizer = self.connection.tokenizer()?;
        let mut behind = Some((after.score, after.doc));
        let mut top = after.top;
        loop {
            let (mut hits, rest) = self.ranked(asking, top)?;
            hits.sort_unstable_by_key(|hit| std::cmp::Reverse((hit.score, hit.doc)));
            for hit in hits.iter().filter(|hit| behind.is_none_or(|behind| (hit.score, hit.doc) < behind)) {
                if batch.rows() >= most {
                    return Ok(());
                }
                self.push_hit(asking, hit, top, &tokenizer, batch)?;
            }
            let Some(next) = rest else { return Ok(()) };
            (top, behind) = (next, None);
        }
    }

    /// The hits from a number down that are ranked together, and the number from which on there are more.
    fn ranked(&self, asking: &Asking<'_>, top: i64) -> Result<(Vec<Hit>, Option<i64>)> {
        let (most, ways) = match asking.way {
            Way::Words => (RANKED, [Sql::FindWords, Sql::TailFindWords]),
            Way::Substring(_) => (RANKED_BY_TEXT, [Sql::FindSubstrings, Sql::TailFindSubstrings]),
        };
        let mut hits = Vec::new();
        let mut is_cut = false;
        for place in [Where::File, Where::Tail].into_iter().take(1 + usize::from(asking.has_tail)) {
            let before = hits.len();
            self.each_row(place.of(ways), &[Bind::Text(&asking.expression), Bind::Integer(top)], |row| {
                if hits.len() - before == most {
                    is_cut = true;
                    return Ok(false);
                }
                let doc = row.integer(0);
                let is_hidden = place == Where::File && asking.has_tail && self.is_in_tail(doc)?;
                let found = if is_hidden { None } else { self.scored(asking, place, doc, row)? };
                hits.extend(found);
                Ok(true)
            })?;
        }
        hits.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.doc));
        is_cut |= hits.len() > most;
        hits.truncate(most);
        let rest = hits.last().filter(|_| is_cut).map(|last| last.doc - 1);
        Ok((hits, rest))
    }

    fn is_in_tail(&self, doc: i64) -> Result<bool> {
        self.finds(Sql::TailRunOfDoc, &[Bind::Integer(doc)])
    }

    /// How well what a statement stands on answers, and by which field; `None` where it does not.
    fn scored(&self, asking: &Asking<'_>, place: Where, doc: i64, row: &Statement) -> Result<Option<Hit>> {
        let needle = match &asking.way {
            Way::Words => return Ok(Some(row.with_bytes(1, |blob| hit_of_words(place, doc, blob)))),
            Way::Substring(needle) => needle,
        };
        let Some(known) = self.known_doc(place, doc)? else { return Ok(None) };
        let Some(texts) = self.texts(&known)? else { return Ok(None) };
        let mut found = Found::default();
        for (field, text) in texts.iter().enumerate() {
            // As many words as a text of that length usually has.
            found.sizes.push(text.len() as f64 / 6.0);
            if asking.takes_field(field) {
                found.hits.extend(needle.hits(text).iter().map(|_| (0, field)));
            }
        }
        let (score, field) = score(&found);
        Ok((!found.hits.is_empty()).then(|| Hit { doc, place, score, field, words: Vec::new() }))
    }

    /// Appends a run, what was found in it, and its position.
    fn push_hit(
        &self,
        asking: &Asking<'_>,
        hit: &Hit,
        top: i64,
        tokenizer: &Tokenizer<'_>,
        batch: &mut Batch,
    ) -> Result<()> {
        let Some(known) = self.known_doc(hit.place, hit.doc)? else { return Ok(()) };
        let Some(line) = self.asked_line(&known, &asking.asked)? else { return Ok(()) };
        let Some(texts) = self.texts(&known)? else { return Ok(()) };
        let text = &texts[hit.field.min(FIELDS.len() - 1)];
        let spans = match &asking.way {
            Way::Words => {
                let words = tokenizer.words(text);
                let span = |(first, count): &(usize, usize)| {
                    let last = words.get(first + count.max(&1) - 1)?;
                    Some(words.get(*first)?.start..last.end)
                };
                hit.words.iter().filter_map(span).collect()
            }
            Way::Substring(needle) => needle.hits(text),
        };
        let Some(shown) = excerpt(text, spans) else { return Ok(()) };
        if !self.push_line(&line, false, asking.noted, batch)? {
            return Ok(());
        }
        batch.push_text(FIELDS[hit.field.min(FIELDS.len() - 1)].as_bytes());
        batch.push_text(shown.text.as_bytes());
        let ranges: Vec<String> = shown.ranges.iter().map(|range| format!("[{},{}]", range.start, range.end)).collect();
        batch.push_text(format!("[{}]", ranges.join(",")).as_bytes());
        let is_recorded = i64::from(line.recorded.is_some());
        for number in [is_recorded, hit.score, top, hit.score, hit.doc] {
            batch.push_integer(number, false);
        }
        batch.end_row();
        Ok(())
    }

    fn known_doc(&self, place: Where, doc: i64) -> Result<Option<Known>> {
        let sql = place.of([Sql::RunOfDoc, Sql::TailRunOfDoc]);
        self.first(sql, &[Bind::Integer(doc)], |row| {
            row.text_or_null(1).map_or_else(|| Known::Run(row.integer(0)), Known::Recorded)
        })
    }

    /// The id of what is indexed under a number.
    pub(super) fn id_of_doc(&self, place: Where, doc: i64) -> Result<Option<String>> {
        Ok(match self.known_doc(place, doc)? {
            Some(Known::Recorded(id)) => Some(id),
            Some(Known::Run(key)) => self.first(Sql::OfRun, &[Bind::Integer(key)], |row| row.text(7))?,
            None => None,
        })
    }
}

/// The numbers that `visual_hits` has packed.
fn numbers(blob: &[u8]) -> Vec<usize> {
    let number =
        |four: &[u8]| four.try_into().map(i32::from_ne_bytes).ok().and_then(|number| usize::try_from(number).ok());
    blob.chunks_exact(4).map(|four| number(four).unwrap_or_default()).collect()
}

fn hit_of_words(place: Where, doc: i64, blob: &[u8]) -> Hit {
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
    Hit { doc, place, score, field, words: hits().filter(|hit| hit[1] == field).map(|hit| (hit[2], hit[3])).collect() }
}
