//! Writing the index: what is due, in slices. One connection at a time writes it; each slice takes out exactly what it has read, so that
//! whatever anybody commits meanwhile stays due.

use tokio_postgres::types::Type;

use super::due::{BYTES, MOST_BYTES, TEXTS, texts_at};
use super::state::State;
use crate::engine::postgres::client::value::{Value, integer, text_of};
use crate::engine::postgres::schema::names;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::runs::FROM;
use crate::error::Result;
use crate::model::search::Mode;

/// How many rows of what is due are read at once.
const STEP: i64 = 1_000;

const WAIT: &str = "SELECT pg_catalog.pg_advisory_xact_lock($1), true";
const TRY: &str = "SELECT NULL, pg_catalog.pg_try_advisory_xact_lock($1)";
const MODES: &str = "SELECT modes FROM {s}.search_state";
/// Removes runs that are gone from the index, where the lock can be had.
const CLEAR: &str = "WITH gone AS MATERIALIZED (SELECT d.run FROM (SELECT run FROM {s}.search_due ORDER BY seq LIMIT $2) AS d \
       WHERE (SELECT pg_catalog.pg_try_advisory_xact_lock($1)) AND NOT EXISTS (SELECT 1 FROM {s}.runs AS r WHERE r.key = d.run)), \
     indexed AS (DELETE FROM {s}.search_runs WHERE run IN (SELECT run FROM gone)) \
     DELETE FROM {s}.search_due WHERE run IN (SELECT run FROM gone)";
const PUT: &str = "INSERT INTO {s}.search_runs AS s (run, doc, words, grams) VALUES ($1, $2, $3, $4::smallint[]) \
     ON CONFLICT (run) DO UPDATE SET words = excluded.words, grams = excluded.grams \
     WHERE (s.words, s.grams) IS DISTINCT FROM (excluded.words, excluded.grams)";
const DONE: &str = "DELETE FROM {s}.search_due WHERE seq = ANY ($1::bigint[])";

/// What a slice has done.
pub(super) struct Slice {
    /// How many runs were indexed.
    pub runs: i64,
    pub has_more: bool,
    /// Whether another connection is writing the index.
    is_taken: bool,
}

/// The statement that reads what is due first.
fn due() -> String {
    format!(
        "WITH d AS MATERIALIZED (SELECT run, min(seq) AS doc, array_agg(seq)::text AS seqs \
           FROM (SELECT run, seq FROM {{s}}.search_due ORDER BY seq LIMIT $1) AS q GROUP BY run) \
         SELECT * FROM (SELECT d.run, d.doc, d.seqs, (SELECT count(*) FROM d), EXISTS (SELECT 1 FROM {{s}}.search_due OFFSET $1), {TEXTS}, \
           sum({BYTES}) OVER (ORDER BY d.doc) - ({BYTES}) AS bytes FROM {FROM} JOIN d ON d.run = r.key) AS f \
         WHERE bytes < {MOST_BYTES} ORDER BY doc"
    )
}

impl Store {
    /// Writes what the index lacks, where this connection may. Once the index is built this waits for nobody: a search reads what is due.
    pub(super) fn write_index(&self) -> Result<()> {
        let Some(state) = self.search_state()? else {
            self.search.told.set(Some(0));
            return Ok(());
        };
        let may_write = !self.readonly && !self.is_within() && !state.is_standby;
        let is_whole = if may_write && state.has_due { self.write_slices(state) } else { !state.is_unfinished };
        // Where another connection is still writing it, the caller has to ask again.
        self.search.told.set((is_whole || !may_write).then_some(if is_whole {
            state.modes
        } else {
            state.searchable()
        }));
        Ok(())
    }

    /// Writes as much as it may; whether the index is built then.
    fn write_slices(&self, state: State) -> bool {
        loop {
            match self.search_slice(state.is_unfinished) {
                Ok(slice) if slice.has_more => {}
                Ok(slice) => return !slice.is_taken || !state.is_unfinished,
                // Nothing is lost: it is still due.
                Err(_) => return !state.is_unfinished,
            }
        }
    }

    /// Indexes what is due first: reading and writing are two trips.
    pub(super) fn search_slice(&self, waits: bool) -> Result<Slice> {
        let full_text = self.search.full_text()?;
        let due = due();
        let [lock, step]: [Value<'_>; 2] = [names::indexing(self.lock).into(), STEP.into()];
        let (both, lock, step) = ([lock.clone(), step.clone()], [lock], [step]);
        let asked: [(&str, &[Value<'_>]); 4] =
            [(if waits { WAIT } else { TRY }, &lock), (CLEAR, &both), (MODES, &[]), (&due, &step)];
        let (slice, _) = self.beside_others(|work| {
            let answers = work.ask(&asked)?;
            let first = |nth: usize| answers.get(nth).and_then(|rows| rows.first());
            if first(0).is_none_or(|row| integer(row, 1) == 0) {
                return Ok(Slice { runs: 0, has_more: false, is_taken: true });
            }
            let modes = first(2).map_or(0, |row| integer(row, 0));
            let rows = answers.get(3).map_or(&[][..], Vec::as_slice);
            let mut seqs = Vec::new();
            for row in rows {
                let [words, grams] = full_text.keys(&texts_at(row, 5))?;
                let of = |mode: Mode, keys| {
                    if modes & mode.bit() == 0 { Value::Null(Type::INT4_ARRAY) } else { Value::Numbers(keys) }
                };
                let (words, grams) = (of(Mode::Words, words), of(Mode::Substring, grams));
                work.later(PUT, vec![integer(row, 0).into(), integer(row, 1).into(), words, grams]);
                seqs.extend(text_of(row, 2).map(|seqs| seqs.trim_matches(['{', '}']).to_owned()));
            }
            if !seqs.is_empty() {
                work.later(DONE, vec![format!("{{{}}}", seqs.join(",")).into()]);
            }
            let has_more = rows.first().is_some_and(|row| {
                let is_all_read = rows.len() as i64 == integer(row, 3);
                !is_all_read || integer(row, 4) != 0
            });
            Ok(Slice { runs: rows.len() as i64, has_more, is_taken: false })
        })?;
        Ok(slice)
    }
}
