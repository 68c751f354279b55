//! What runs print: appended in rows; of too much, the oldest after the beginning is dropped.

use super::row::Row;
use super::sql::Sql;
use crate::engine::run::arguments;
use crate::engine::run::cells::instant;
use crate::engine::run::pieces::{Last, MOST_PIECES};
use crate::engine::sqlite::driver::{Bind, clock};
use crate::engine::sqlite::store::Store;
use crate::engine::{Chunk, Output, STREAMS};
use crate::error::Result;
use crate::model::run::{Call, append, apply};
use crate::model::{Field, Given, RUN, rules};
use crate::rows::Batch;

impl Output for Store {
    fn append_output(&self, given: &[Given<'_>], chunks: &[Chunk], most_bytes: i64, now: f64) -> Result<i64> {
        self.check_runs()?;
        let (id, token, expected) = arguments::output(given)?;
        let now = clock::moment(now as i64);
        let call = Call::AppendOutput { token };
        self.atomically(|| {
            let held = self.held(id)?;
            let holds = held.as_ref().filter(|held| held.token == token).map(|held| (held.run, held.life()));
            let (run, life) = match holds {
                Some((run, life)) => (run, Some(life)),
                None => (0, self.load_anything(id)?.map(|record| record.life)),
            };
            apply(id, life.as_ref(), &call, now)?;
            let last = self.last_output(run)?;
            let appended = append(last.next, expected, chunks.len() as i64)?;
            if appended.writes {
                self.write_output(run, last, chunks, most_bytes, now.wall_ms)?;
            }
            Ok(appended.next)
        })
    }

    fn list_output(&self, id: Given<'_>, from: i64, limit: i64, batch: &mut Batch) -> Result<bool> {
        self.connection.check_idle()?;
        let field = Field::new("getOutput", "id");
        let known = rules::id(field, id)?;
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            let found = if self.version < super::VERSION {
                None
            } else {
                self.first(Sql::OutputOf, &[Bind::Text(known)], |row| row.integer(0))?
            };
            let Some(key) = found else {
                let is_execution = self.first(Sql::Execution, &[Bind::Text(known)], |_| ())?.is_some();
                return if is_execution { Ok(false) } else { Err(RUN.not_found(field, id)) };
            };
            let range = [Bind::Integer((key << 32) + from.min(MOST_PIECES)), Bind::Integer((key << 32) + MOST_PIECES)];
            self.each_row(Sql::Output, &[range[0], range[1], Bind::Integer(limit)], |statement| {
                let mut row = Row::of(statement);
                batch.push_integer(row.integer(), false);
                let stream = usize::try_from(row.integer()).ok().and_then(|stream| STREAMS.get(stream));
                batch.push_text(stream.copied().unwrap_or(STREAMS[0]).as_bytes());
                row.with_text(|text| batch.push_text(text.as_bytes()));
                instant(batch, Some(row.integer()));
                batch.end_row();
                Ok(true)
            })?;
            Ok(self.last_output(key)?.truncated)
        })
    }
}

impl Store {
    fn last_output(&self, run: i64) -> Result<Last> {
        let last = self.first(Sql::LastOutput, &[Bind::Integer(run)], |row| Last {
            next: (row.integer(0) & MOST_PIECES) + 1,
            bytes: row.integer(1),
            truncated: row.integer(2) != 0,
        })?;
        Ok(last.unwrap_or_default())
    }

    fn write_output(&self, run: i64, mut last: Last, chunks: &[Chunk], most: i64, wall_ms: i64) -> Result<()> {
        for chunk in chunks {
            let text = last.add(&chunk.text, most, |beginning, wanted| self.drop_output(run, beginning, wanted))?;
            self.write_run(
                Sql::AppendOutput,
                &[
                    Bind::Integer((run << 32) + last.next),
                    Bind::Integer(chunk.at.unwrap_or(wall_ms)),
                    Bind::Integer(chunk.stream),
                    Bind::Integer(last.truncated.into()),
                    Bind::Integer(last.bytes),
                    Bind::Text(&text),
                ],
            )?;
            last.next += 1;
        }
        Ok(())
    }

    /// Drops the oldest of the output after its beginning until so many bytes are free; returns how many are.
    fn drop_output(&self, run: i64, beginning: i64, wanted: i64) -> Result<i64> {
        let (first, end) = ((run << 32), (run << 32) + MOST_PIECES);
        // The first row after the beginning: `bytes`, the sum up to a row, is at most that of the beginning in its rows, and in
        // no other.
        let (mut low, mut high) = (first, self.last_output(run)?.next + first);
        while low < high {
            let middle = low + (high - low) / 2;
            let range = [Bind::Integer(middle), Bind::Integer(end)];
            let found = self.first(Sql::OutputFrom, &range, |row| (row.integer(0), row.integer(1)))?;
            match found {
                Some((id, bytes)) if bytes <= beginning => low = id + 1,
                _ => high = middle,
            }
        }
        let (mut dropped, mut last) = (0, None);
        self.each_row(Sql::OutputLengths, &[Bind::Integer(low), Bind::Integer(end)], |row| {
            dropped += row.integer(1);
            last = Some(row.integer(0));
            Ok(dropped < wanted)
        })?;
        if let Some(last) = last {
            self.write_run(Sql::DropOutput, &[Bind::Integer(low), Bind::Integer(last)])?;
        }
        Ok(dropped)
    }
}
