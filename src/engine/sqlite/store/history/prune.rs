//! What stays of runs that are pruned: what they come to.
//!
//! Pruning calls [`Store::keep_totals`] with some ids in the transaction that deletes these runs and executions, before it does.
//! Their rows leave the history, and what they came to goes from `rollups` to `rollups_kept`, so that a trend of one dimension is
//! the same before and after, to the digit, also once the history is rebuilt. What the log says of the deleted rows then changes
//! nothing: nothing has these ids, neither in the tables nor in the history. What is counted row by row (a trend of several
//! dimensions, and the quarter of an hour that `since` or `until` cuts) no longer has pruned runs.

use super::line::{archived_name, place};
use super::log::Read;
use super::rollups::{DayOf, Dimension, Of, Rollups, Turn};
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::trend::Day;

impl Store {
    /// Reads some more of the log, or of what was never read, within a transaction; `false` once the history knows of everything.
    pub(in crate::engine::sqlite::store) fn read_on(&self) -> Result<bool> {
        if self.catch_up()? { Ok(false) } else { self.fold_step() }
    }

    /// Takes runs out of the history, and keeps what they came to. `false`, and nothing is done, where the history still has much
    /// to read: [`Store::fold_runs`] reads that, outside of transactions.
    pub(in crate::engine::sqlite::store) fn keep_totals(&self, ids: &[&str]) -> Result<bool> {
        if !self.catch_up()? {
            return Ok(false);
        }
        let (mut left, mut kept) = (Rollups::default(), Rollups::of(Of::Pruned));
        for id in ids {
            let of_run = self.first(Sql::PlaceOfRun, &[Bind::Text(id)], place)?;
            let recorded = self.first(Sql::PlaceOf, &[Bind::Text(id)], place)?;
            for at in of_run.into_iter().chain(recorded) {
                let Some(line) = self.line_at(at)? else { continue };
                self.roll(&mut left, &line, Turn::Off)?;
                self.roll(&mut kept, &line, Turn::On)?;
                self.write_run(Sql::Remove, &[at.at, at.key].map(Bind::Integer))?;
                if !line.models.is_empty() {
                    self.write_run(Sql::RemoveModels, &[at.at, at.key].map(Bind::Integer))?;
                }
            }
        }
        let is_right = self.write_rollups(&mut left)?;
        self.write_rollups(&mut kept)?;
        if !is_right {
            self.write_run(Sql::Forget, &[])?;
        }
        Ok(true)
    }

    /// Reads the rest of the log, if it is little; `false` where it is not.
    fn catch_up(&self) -> Result<bool> {
        match (self.history_read()?, self.log_place()?) {
            (Some(Read { to, building: false }), Some(end)) => Ok(to == end || !self.fold_step()?),
            _ => Ok(false),
        }
    }
}

impl Store {
    /// What was pruned of a worktree goes along with it to the archive, under this key, or back from there.
    pub(in crate::engine::sqlite::store) fn move_kept(&self, id: &str, key: i64, into_archive: bool) -> Result<()> {
        if self.version < super::VERSION {
            return Ok(());
        }
        let archived = archived_name(key);
        let (from, to) = if into_archive { (id, archived.as_str()) } else { (archived.as_str(), id) };
        let mut rollups = Rollups::of(Of::Pruned);
        let of = |day, key: &str| DayOf { dimension: Dimension::Worktree, day, key: key.to_owned() };
        self.each_row(Sql::KeptOfWorktree, &[Bind::Text(from)], |row| {
            let number = row.integer(0);
            let Some(day) = row.with_blob(1, Day::read) else { return Ok(true) };
            self.join_day(&mut rollups, &of(number, to), &day)?;
            rollups.days.insert(of(number, from), Day::default());
            Ok(true)
        })?;
        self.write_rollups(&mut rollups).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::sqlite::store::Store;
    use crate::engine::sqlite::store::tests::open;
    use crate::engine::{By, RunFilter, TrendFilter, Trends};
    use crate::model::period::Period;
    use crate::model::trend::{Bucket, Offsets, Range};
    use crate::rows::Batch;
    use crate::test_folder::Folder;

    fn run(store: &Store, sql: &str) {
        store.connection.with(|inner| Ok(inner.execute_batch(sql)?)).unwrap();
    }

    /// Trends of each dimension, by days and by hours.
    fn trends(store: &Store) -> Vec<String> {
        store.fold_runs().unwrap();
        let mut told = Vec::new();
        for by in [None].into_iter().chain(By::ALL.map(Some)) {
            for period in [Period::Day, Period::Hour] {
                let range = Range { since: Some(0), until: Some(3 * 86_400_000), now: 0 };
                let (bucket, offsets) = (Bucket::Of(period), Offsets::new(vec![(0, 3_600_000)]));
                let asked = TrendFilter { runs: RunFilter::default(), by, bucket, range, offsets };
                let mut batch = Batch::default();
                store.trend(&asked, &mut batch).unwrap();
                told.push(format!("{by:?} {period:?} {batch:?}"));
            }
        }
        told
    }

    /// Runs of a worktree, some with an execution, and executions only.
    fn furnished(store: &Store) {
        let mut sql = String::from(
            "INSERT INTO zones (id, name, created_at) VALUES ('z', 'Z', 't'); \
             INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('w', '/', 1, 'b', 't');",
        );
        for nth in 0..300_i64 {
            // Spread over two days, and over all lengths.
            let (made, took) = (nth * 7_919_000 % (2 * 86_400_000), nth * nth * 104_729 % 9_000_000);
            let one = if nth % 3 == 0 {
                let at = crate::model::time::iso(made as f64);
                format!(
                    "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at) \
                     VALUES ('e{nth}', 'z', 'w', 'a{}', '', {}, '{at}');",
                    nth % 2,
                    nth % 5
                )
            } else {
                format!(
                    "INSERT INTO runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, \
                       started_at, finished_at, duration_ms) \
                     VALUES ({nth}, 'r{nth}', 'succeeded', 'z', 'w', 'a', 0, 0, {made}, {made}, {made} + {took}, {took}); \
                     INSERT INTO run_models (run, model, cost_micros) VALUES ({nth}, 'm', {took});"
                )
            };
            sql += &one;
        }
        run(store, &sql);
        run(store, "DELETE FROM changes_readers WHERE name = 'history'");
    }

    fn prune(store: &Store, ids: &[&str]) {
        let kept = store.atomically(|| {
            let kept = store.keep_totals(ids)?;
            for id in ids {
                let sql = format!(
                    "DELETE FROM run_models WHERE run IN (SELECT key FROM runs WHERE id = '{id}'); \
                     DELETE FROM runs WHERE id = '{id}'; DELETE FROM zone_executions WHERE id = '{id}'"
                );
                run(store, &sql);
            }
            Ok(kept)
        });
        assert!(kept.unwrap());
    }

    #[test]
    fn trends_are_the_same_before_and_after_to_the_digit_also_once_they_are_built_anew() {
        let folder = Folder::new();
        let store = open(&folder.database());
        furnished(&store);
        let before = trends(&store);
        assert!(before[0].len() > 100);
        let ids: Vec<String> = (0..200).map(|nth| format!("{}{nth}", if nth % 3 == 0 { 'e' } else { 'r' })).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        prune(&store, &ids[..120]);
        assert_eq!(trends(&store), before);
        prune(&store, &ids[100..]);
        assert_eq!(trends(&store), before);
        run(&store, "DELETE FROM changes_readers WHERE name = 'history'");
        assert_eq!(trends(&store), before);
        let rows =
            store.connection.with(|inner| Ok(inner.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?));
        assert_eq!(rows, Ok(100_i64));
        // What is deleted otherwise is in no trend.
        run(&store, "DELETE FROM zone_executions WHERE id = 'e297'");
        assert_ne!(trends(&store), before);
    }

    #[test]
    fn what_was_pruned_of_a_worktree_goes_to_the_archive_with_it_and_comes_back() {
        let folder = Folder::new();
        let store = open(&folder.database());
        furnished(&store);
        let before = trends(&store);
        prune(&store, &["e0", "r1", "r2", "e3", "r4"]);
        let key = store.atomically(|| store.archive("w", None, 0)).unwrap().unwrap();
        assert_eq!(trends(&store), before);
        run(
            &store,
            "INSERT INTO worktrees (id, path, port, branch_name, created_at) VALUES ('w', '/', 2, 'other', 't')",
        );
        assert_eq!(trends(&store), before);
        run(&store, "DELETE FROM worktrees WHERE id = 'w'");
        store.atomically(|| store.restore("restoreWorktree", key, None, 0)).unwrap();
        assert_eq!(trends(&store), before);
    }
}
