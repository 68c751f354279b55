//! What runs print, appended in rows; of too much, the oldest behind the beginning is dropped.

use super::reader::Reader;
use super::usual::IS_HELD;
use crate::engine::postgres::client::value::{Value, integer};
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::arguments;
use crate::engine::run::cells::instant;
use crate::engine::run::pieces::{Last, MOST_PIECES};
use crate::engine::{Chunk, Output, STREAMS};
use crate::error::Result;
use crate::model::run::{Call, append, apply};
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

const LAST: &str = "SELECT sequence, bytes, truncated FROM {s}.run_output WHERE run = (SELECT key FROM {s}.runs WHERE id = $1) \
     ORDER BY sequence DESC LIMIT 1";
const APPEND: &str = "INSERT INTO {s}.run_output (run, sequence, at, stream, truncated, bytes, length, text) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Holds a run of which nothing but itself is looked at.
const HOLD: &str = "SELECT 1 FROM {s}.runs WHERE id = $1 FOR UPDATE";
/// Appends pieces to a run that the claim holds where all of them fit and have the numbers that they are to have: the next number.
const APPEND_AT_ONCE: &str = "WITH l AS (SELECT r.key, coalesce(o.sequence + 1, 0) AS next, coalesce(o.bytes, 0) AS bytes, coalesce(o.truncated, false) AS truncated \
       FROM {s}.runs AS r LEFT JOIN LATERAL (SELECT sequence, bytes, truncated FROM {s}.run_output WHERE run = r.key ORDER BY sequence DESC LIMIT 1) AS o ON true \
       WHERE {held}), \
     made AS (INSERT INTO {s}.run_output (run, sequence, at, stream, truncated, bytes, length, text) \
       SELECT l.key, l.next + c.nth - 1, c.at, c.stream, l.truncated OR c.truncated > 0, l.bytes + c.bytes, c.length, c.text \
       FROM l, unnest($6, $7, $8, $9, $10, $11) WITH ORDINALITY AS c (at, stream, truncated, bytes, length, text, nth) \
       WHERE l.bytes + $5 <= $4 AND l.next = coalesce($3, l.next) RETURNING sequence) \
     SELECT max(sequence) + 1 FROM made";
/// The first pieces behind a run's beginning, until they come to so many bytes.
const MIDDLE: &str = "SELECT sequence, length FROM (SELECT sequence, length, sum(length) OVER (ORDER BY sequence) - length AS before \
     FROM {s}.run_output WHERE run = $1 AND sequence >= $2) AS o WHERE before < $3 ORDER BY sequence";
/// The first piece with which the output is longer than its beginning may be.
const BEYOND: &str = "SELECT sequence FROM {s}.run_output WHERE run = $1 AND bytes > $2 ORDER BY sequence LIMIT 1";
const DROP: &str = "DELETE FROM {s}.run_output WHERE run = $1 AND sequence BETWEEN $2 AND $3";
/// A run's output from a number on, behind whether any of it was dropped. No rows without the run.
const OUTPUT: &str = "SELECT (SELECT truncated FROM {s}.run_output AS l WHERE l.run = r.key ORDER BY sequence DESC LIMIT 1), \
     o.sequence, o.stream, o.text, o.at FROM {s}.runs AS r LEFT JOIN LATERAL (SELECT * FROM {s}.run_output WHERE run = r.key AND sequence >= $2 \
     ORDER BY sequence LIMIT $3) AS o ON true WHERE r.id = $1 ORDER BY o.sequence";

impl Output for Store {
    fn append_output(&self, given: &[Given<'_>], chunks: &[Chunk], most_bytes: i64, now: f64) -> Result<i64> {
        self.check_open()?;
        let (id, token, expected) = arguments::output(given)?;
        let wall_ms = now as i64;
        if let Some(next) = self.append_at_once((id, token, expected), chunks, most_bytes, wall_ms)? {
            return Ok(next);
        }
        let by_id: [Value<'_>; 1] = [id.into()];
        let (next, _) = self.atomically("", |work| {
            let (held, now, last) = work.hold_and_ask(&[id], wall_ms, &[(LAST, &by_id)])?;
            let record = held.first().map(|held| &held.record);
            apply(id, record.map(|record| &record.life), &Call::AppendOutput { token }, now)?;
            let last = last.first().and_then(|rows| rows.first()).map(|row| {
                let reader = Reader::of(row);
                Last { next: reader.integer() + 1, bytes: reader.integer(), truncated: reader.is() }
            });
            let last = last.unwrap_or_default();
            let appended = append(last.next, expected, chunks.len() as i64)?;
            if expected.is_none() {
                work.is_not_in_the_log();
            }
            if let Some(record) = record.filter(|_| appended.writes) {
                work.append(record.key, last, chunks, most_bytes, wall_ms)?;
            }
            Ok(appended.next)
        })?;
        Ok(next)
    }

    fn list_output(&self, id: Given<'_>, from: i64, limit: i64, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        let field = Field::new("getOutput", "id");
        let known = rules::id(field, id)?;
        let rows = self.read(OUTPUT, &[known.into(), from.min(MOST_PIECES).into(), limit.into()])?;
        let Some(first) = rows.first() else { return Err(RUN.not_found(field, id)) };
        let truncated = integer(first, 0) != 0;
        for row in &rows {
            let reader = Reader::of(row);
            reader.is();
            let Some(sequence) = reader.integer_or_null() else { break };
            batch.push_integer(sequence, false);
            let stream = usize::try_from(reader.integer()).ok().and_then(|stream| STREAMS.get(stream));
            batch.push_text(stream.copied().unwrap_or(STREAMS[0]).as_bytes());
            batch.push_text(reader.text().as_bytes());
            instant(batch, Some(reader.integer()));
            batch.end_row();
        }
        Ok(truncated)
    }
}

impl Store {
    /// Appends in one trip what needs none of the output dropped: the next number. `None` where nothing was done, since that isn't all.
    fn append_at_once(
        &self,
        (id, token, expected): (&str, i64, Option<i64>),
        chunks: &[Chunk],
        most_bytes: i64,
        wall_ms: i64,
    ) -> Result<Option<i64>> {
        let (mut last, mut fits) = (Last::default(), !chunks.is_empty());
        let (mut numbers, mut texts) = ([const { Vec::new() }; 5], Vec::new());
        for chunk in chunks {
            let text = last.add(&chunk.text, most_bytes, |_, _| {
                fits = false;
                Ok(0)
            })?;
            let of = [chunk.at.unwrap_or(wall_ms), chunk.stream, last.truncated.into(), last.bytes, text.len() as i64];
            numbers.iter_mut().zip(of).for_each(|(column, number)| column.push(number));
            texts.push(text.into_owned());
        }
        if !fits {
            return Ok(None);
        }
        let mut values: Vec<Value<'static>> =
            vec![id.to_owned().into(), token.into(), expected.into(), most_bytes.into(), last.bytes.into()];
        values.extend(numbers.map(Value::from));
        values.push(Value::OwnTexts(texts));
        let ((), rows) = self.atomically("", |work| {
            if expected.is_none() {
                work.is_not_in_the_log();
            }
            work.later(HOLD, vec![id.to_owned().into()]);
            work.later(&APPEND_AT_ONCE.replace("{held}", IS_HELD), values.clone());
            Ok(())
        })?;
        let row = rows.last().and_then(|rows| rows.first());
        Ok(row.and_then(|row| Reader::of(row).integer_or_null()))
    }
}

impl Work<'_> {
    fn append(&self, run: i64, mut last: Last, chunks: &[Chunk], most: i64, wall_ms: i64) -> Result<()> {
        for chunk in chunks {
            let text = last.add(&chunk.text, most, |beginning, wanted| self.drop_output(run, beginning, wanted))?;
            let values = vec![
                run.into(),
                last.next.into(),
                chunk.at.unwrap_or(wall_ms).into(),
                chunk.stream.into(),
                last.truncated.into(),
                last.bytes.into(),
                (text.len() as i64).into(),
                text.into_owned().into(),
            ];
            self.later(APPEND, values);
            last.next += 1;
        }
        Ok(())
    }

    /// Drops the oldest of the output behind its beginning, until `wanted` bytes are free: how many are.
    fn drop_output(&self, run: i64, beginning: i64, wanted: i64) -> Result<i64> {
        let first = self.ask(&[(BEYOND, &[run.into(), beginning.into()])])?.pop().unwrap_or_default();
        let Some(from) = first.first().map(|row| integer(row, 0)) else { return Ok(0) };
        let rows = self.ask(&[(MIDDLE, &[run.into(), from.into(), wanted.into()])])?.pop().unwrap_or_default();
        let dropped = rows.iter().map(|row| integer(row, 1)).sum();
        if let Some(last) = rows.last().map(|row| integer(row, 0)) {
            self.later(DROP, vec![run.into(), from.into(), last.into()]);
        }
        Ok(dropped)
    }
}
