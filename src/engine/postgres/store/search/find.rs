//! The runs in which something was found, the best first: the latest hits are ranked together, then those before them, so many at a time.
//! The index gives candidates, and runs that are due are candidates, too; their texts say which are hits.

use super::due::{BYTES, MOST_BYTES};
use super::full_text::Texts;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::conditions::Conditions;
use crate::engine::postgres::store::runs::{FROM, Found, asked_on_branch, columns, push_listed, read};
use crate::engine::search::{RANKED, RANKED_BY_TEXT, SearchAfter, push_found};
use crate::engine::{RunFilter, Sought};
use crate::error::Result;
use crate::model::search::{
    Document, FIELDS, Facets, Mode, Needed, Needle, WordHits, asked_grams, excerpt, expression,
};
use crate::rows::Batch;

const OR: &str = " OR ";

/// How hits are found.
enum Way {
    /// By FTS5.
    Words { expression: String, needed: Needed },
    /// By whether a text contains this.
    Substring { needle: Needle, grams: Vec<i32> },
}

/// A run that may be a hit.
struct Candidate {
    doc: i64,
    run: Found,
    texts: Texts,
}

/// A run in which something was found.
struct Hit {
    candidate: Candidate,
    hits: WordHits,
}

impl Hit {
    fn place(&self) -> (i64, i64) {
        (self.hits.score, self.candidate.doc)
    }
}

impl Store {
    /// Appends the hits behind a position, at most `most` runs.
    pub(super) fn push_hits(
        &self,
        sought: &Sought<'_>,
        filter: &RunFilter<'_>,
        after: SearchAfter,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        let way = self.way(sought)?;
        let mut behind = Some((after.score, after.doc));
        let mut top = after.top;
        loop {
            let asked = asked_on_branch(filter);
            let (mut hits, rest) = self.ranked(&way, sought.fields, &asked, top)?;
            hits.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.place()));
            for hit in hits.iter().filter(|hit| behind.is_none_or(|behind| hit.place() < behind)) {
                if batch.rows() >= most {
                    return Ok(());
                }
                self.push_hit(&way, hit, top, batch)?;
            }
            let Some(next) = rest else { return Ok(()) };
            (top, behind) = (next, None);
        }
    }

    fn way(&self, sought: &Sought<'_>) -> Result<Way> {
        if sought.mode == Mode::Substring {
            return Ok(Way::Substring { needle: Needle::of(sought.text), grams: asked_grams(sought.text) });
        }
        let full_text = self.search.full_text()?;
        let expression = expression(sought.text, sought.fields, sought.syntax);
        // What is no expression is refused before the server is asked anything.
        full_text.hits(&expression, &[])?;
        let words = |text: &str| full_text.words(text).unwrap_or_default();
        let needed = Needed::of(&expression, &words);
        Ok(Way::Words { expression, needed })
    }

    /// The hits from `top` down that are ranked together, and where the next ones begin, if there are more.
    fn ranked(&self, way: &Way, fields: u32, asked: &Conditions<'_>, top: i64) -> Result<(Vec<Hit>, Option<i64>)> {
        let most = match way {
            Way::Words { .. } => RANKED,
            Way::Substring { .. } => RANKED_BY_TEXT,
        };
        let mut hits = Vec::new();
        let mut from = Some(top);
        while let Some(top) = from.filter(|_| hits.len() <= most) {
            let (candidates, rest) = self.candidates(way, asked, top, most + 1)?;
            hits.extend(self.hits(way, fields, candidates)?);
            from = rest;
        }
        let is_cut = hits.len() > most || from.is_some();
        hits.truncate(most);
        let rest = hits.last().filter(|_| is_cut).map(|last| last.candidate.doc - 1);
        Ok((hits, rest))
    }

    /// The last candidates from `top` down, in their order, and where the next ones begin, if there are more.
    fn candidates(
        &self,
        way: &Way,
        asked: &Conditions<'_>,
        top: i64,
        limit: usize,
    ) -> Result<(Vec<Candidate>, Option<i64>)> {
        let mut asked = asked.clone();
        let has = match way {
            Way::Words { needed, .. } => has_words(needed, &mut asked),
            Way::Substring { grams, .. } => {
                format!("s.grams @> {}::smallint[]", asked.value(Value::Numbers(grams.clone())))
            }
        };
        let (top, most) = (asked.value(top), asked.value(limit as i64));
        asked.also("NOT (r.executed AND e.id IS NULL)");
        let conditions = asked.text();
        let sql = format!(
            "WITH hits AS MATERIALIZED (SELECT * FROM ( \
               (SELECT r.key, s.doc FROM {FROM} JOIN {{s}}.search_runs AS s ON s.run = r.key \
                WHERE {has} AND s.doc <= {top} AND NOT EXISTS (SELECT 1 FROM {{s}}.search_due AS q WHERE q.run = s.run) AND {conditions} \
                ORDER BY s.doc DESC LIMIT {most}) \
               UNION ALL \
               (SELECT r.key, coalesce(s.doc, q.doc) FROM {FROM} \
                JOIN (SELECT run, min(seq) AS doc FROM {{s}}.search_due GROUP BY run) AS q ON q.run = r.key \
                LEFT JOIN {{s}}.search_runs AS s ON s.run = r.key \
                WHERE coalesce(s.doc, q.doc) <= {top} AND {conditions} ORDER BY 2 DESC LIMIT {most})) AS both_of_them \
               ORDER BY doc DESC LIMIT {most}) \
             SELECT * FROM (SELECT {}, hits.doc AS hit_doc, (SELECT count(*) FROM hits), \
               sum({BYTES}) OVER (ORDER BY hits.doc DESC) - ({BYTES}) AS hit_bytes FROM {FROM} JOIN hits ON hits.key = r.key) AS f \
             WHERE hit_bytes < {MOST_BYTES} ORDER BY hit_doc DESC",
            columns(true)
        );
        let sql = self.expanded(&sql);
        // The best plan depends on the words: for common ones the last hits are found at once, for others only by the index.
        let begin = format!(
            "{}, pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true), pg_catalog.set_config('jit', 'off', true)",
            self.begin_reading()
        );
        let rows = self.read_together(&begin, &[Step::Statement(&sql, &asked.values)])?.pop().unwrap_or_default();
        let mut candidates = Vec::with_capacity(rows.len());
        let mut count = 0_usize;
        for row in &rows {
            let (found, reader) = read(row);
            let doc = reader.integer();
            count = reader.integer() as usize;
            if let Some(run) = found {
                let said = &run.record.said;
                let texts = [&run.record.prompt, &said.result, &said.error, &run.record.question, &run.record.answer];
                let texts = texts.map(|text| text.clone().unwrap_or_default());
                let texts = Document::of(texts, Facets::default()).fields;
                candidates.push(Candidate { doc, run, texts });
            }
        }
        let has_more = count > rows.len() || count >= limit;
        let rest = candidates.last().filter(|_| has_more).map(|last| last.doc - 1);
        Ok((candidates, rest))
    }

    /// The candidates that are hits.
    fn hits(&self, way: &Way, fields: u32, candidates: Vec<Candidate>) -> Result<Vec<Hit>> {
        match way {
            Way::Words { expression, .. } => {
                let texts: Vec<&Texts> = candidates.iter().map(|candidate| &candidate.texts).collect();
                let mut found = self.search.full_text()?.hits(expression, &texts)?.into_iter().peekable();
                let mut hits = Vec::new();
                for (nth, candidate) in candidates.into_iter().enumerate() {
                    let found = found.next_if(|(of, _)| *of == nth);
                    hits.extend(found.map(|(_, hits)| Hit { candidate, hits }));
                }
                Ok(hits)
            }
            Way::Substring { needle, .. } => {
                let hit = |candidate: Candidate| {
                    let (score, field) = needle.scored(&candidate.texts, fields)?;
                    Some(Hit { candidate, hits: WordHits { score, field, words: Vec::new() } })
                };
                Ok(candidates.into_iter().filter_map(hit).collect())
            }
        }
    }

    /// Appends a run, what was found in it, and the hit's position.
    fn push_hit(&self, way: &Way, hit: &Hit, top: i64, batch: &mut Batch) -> Result<()> {
        let Hit { candidate: Candidate { doc, run, texts }, hits } = hit;
        let text = &texts[hits.field.min(FIELDS.len() - 1)];
        let spans = match way {
            Way::Words { .. } => hits.spans(&self.search.full_text()?.places(text)?),
            Way::Substring { needle, .. } => needle.hits(text),
        };
        let Some(shown) = excerpt(text, spans) else { return Ok(()) };
        push_listed(run, false, batch);
        let place = SearchAfter { top, score: hits.score, doc: *doc };
        push_found(batch, hits.field, &shown, run.recorded_at.is_some(), place);
        Ok(())
    }
}

/// The condition that an index has all that is needed.
fn has_words(needed: &Needed, asked: &mut Conditions<'_>) -> String {
    if needed.is_nothing() {
        return "s.words IS NOT NULL".into();
    }
    let mut joined = |parts: &[Needed], by: &str| {
        let parts: Vec<String> =
            parts.iter().filter(|part| by == OR || !part.is_nothing()).map(|part| has_words(part, asked)).collect();
        format!("({})", parts.join(by))
    };
    match needed {
        Needed::Words(words) => format!("s.words @> {}", asked.value(Value::Numbers(words.clone()))),
        Needed::All(parts) => joined(parts, " AND "),
        Needed::Any(parts) => joined(parts, OR),
    }
}
