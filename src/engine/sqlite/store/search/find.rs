//! The runs in which something was found, the best first: the hits that were indexed last are ranked, then those before them, a
//! limited number at a time. So a page costs as much where a word is in a million runs as where it is in a thousand.

use super::asked::{Asking, Way};
use super::index::Where;
use super::sql::Sql;
use crate::engine::search::{RANKED, RANKED_BY_TEXT, SearchAfter, push_found};
use crate::engine::sqlite::driver::{Bind, Statement, Tokenizer};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::Known;
use crate::error::Result;
use crate::model::search::{FIELDS, WordHits, excerpt};
use crate::rows::Batch;

/// Something that was found.
struct Hit {
    doc: i64,
    place: Where,
    hits: WordHits,
}

impl Store {
    /// Appends what was found after a position, in `most` runs at most. In a snapshot.
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
            hits.sort_unstable_by_key(|hit| std::cmp::Reverse((hit.hits.score, hit.doc)));
            for hit in hits.iter().filter(|hit| behind.is_none_or(|behind| (hit.hits.score, hit.doc) < behind)) {
                if batch.rows() >= most {
                    return Ok(());
                }
                self.push_hit(asking, hit, top, &tokenizer, batch)?;
            }
            let Some(next) = rest else { return Ok(()) };
            (top, behind) = (next, None);
        }
    }

    /// The hits that are ranked together, from a number down, and the number from which on there are more.
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

    /// How well the row that a statement stands on matches, and in which field; `None` where it does not.
    fn scored(&self, asking: &Asking<'_>, place: Where, doc: i64, row: &Statement) -> Result<Option<Hit>> {
        let needle = match &asking.way {
            Way::Words => return Ok(Some(Hit { doc, place, hits: row.with_bytes(1, WordHits::of) })),
            Way::Substring(needle) => needle,
        };
        let Some(known) = self.known_doc(place, doc)? else { return Ok(None) };
        let Some(texts) = self.texts(&known)? else { return Ok(None) };
        let hit = |(score, field)| Hit { doc, place, hits: WordHits { score, field, words: Vec::new() } };
        Ok(needle.scored(&texts, asking.fields).map(hit))
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
        let text = &texts[hit.hits.field.min(FIELDS.len() - 1)];
        let spans = match &asking.way {
            Way::Words => hit.hits.spans(&tokenizer.words(text)),
            Way::Substring(needle) => needle.hits(text),
        };
        let Some(shown) = excerpt(text, spans) else { return Ok(()) };
        if !self.push_line(&line, false, asking.noted, batch)? {
            return Ok(());
        }
        let place = SearchAfter { top, score: hit.hits.score, doc: hit.doc };
        push_found(batch, hit.hits.field, &shown, line.recorded.is_some(), place);
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
