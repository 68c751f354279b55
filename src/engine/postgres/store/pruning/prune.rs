//! Pruning in steps: each is a transaction of a few milliseconds, with as many runs as that takes.

use std::time::Instant;

use super::choose::{Part, Place, START, Which, hold, stretch};
use super::{bodies, runs};
use crate::engine::postgres::client::value::integer;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::work::Work as Call;
use crate::engine::pruning::{OF_RUN, Of, Work};
use crate::engine::{Policy, Pruned, Pruning};
use crate::error::{Error, Result};

/// The bytes in use: the size of the tables, or the estimate from rows and texts where that is less, since freed space stays in the tables.
const USED: &str = "SELECT least((SELECT coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0) FROM pg_catalog.pg_class AS c \
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'), \
     (SELECT coalesce(sum($2 + coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0)), 0) FROM {s}.runs) \
     + (SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM {s}.zone_executions) \
     + (SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM {s}.archived_executions) \
     + (SELECT coalesce(sum(length), 0) FROM {s}.run_output))::bigint";
const GOT_TO: &str =
    "UPDATE {s}.retention SET {name}_at = $1, {name}_key = $2, round_at = CASE WHEN $3 THEN $4 ELSE round_at END";
const KEEP_LOG: &str = "UPDATE {s}.changes_state SET keep_ms = $1 WHERE keep_ms <> $1";
const CUT_LOG: &str = "SELECT {s}.cut_changes((SELECT max(last) FROM {s}.changes_batches))";

/// What is pruned of runs.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Row,
    Bodies,
    Output,
}

impl Pruning for Store {
    fn prune(&self, policy: &Policy, now: i64, budget_ms: f64) -> Result<Pruned> {
        self.check_pruning("prune")?;
        let mut work = Work::begin(now, budget_ms, self.step_sizes.get());
        self.prune_all(policy, &mut work)?;
        // The next call begins with steps of the size that these had at last.
        self.step_sizes.set(work.sizes);
        Ok(work.done)
    }

    fn would_prune(&self, policy: &Policy, now: i64) -> Result<Pruned> {
        self.count_pruned(policy, now)
    }

    fn retention(&self) -> Result<(Policy, Option<i64>)> {
        self.check_open()?;
        self.stored_policy()
    }

    fn set_retention(&self, policy: &Policy, every_ms: Option<i64>) -> Result<()> {
        self.store_policy(policy, every_ms)
    }

    fn begin_pruning(&self, now: i64, every_ms: i64) -> Result<bool> {
        self.check_pruning("prune")?;
        self.take_turn(now, every_ms)
    }

    fn end_pruning(&self, now: i64, more: bool) -> Result<()> {
        self.check_pruning("prune")?;
        self.end_turn(now, more)
    }
}

impl Store {
    fn check_pruning(&self, method: &str) -> Result<()> {
        self.check_open()?;
        self.check_writable()?;
        if self.is_within() {
            return Err(Error::Type(format!("{method}: finish the transaction first")));
        }
        Ok(())
    }

    /// How many bytes are in use.
    pub(super) fn used_bytes(&self) -> Result<i64> {
        let row = self.read_one(USED, &[self.name.as_str().into(), OF_RUN.into()])?;
        Ok(row.map_or(0, |row| integer(&row, 0)))
    }

    fn prune_all(&self, policy: &Policy, work: &mut Work) -> Result<()> {
        if let Some(kept) = policy.runs_ms {
            self.prune_part(Part::Before(work.now - kept, Which::All), START, Fate::Row, work)?;
        }
        if let Some(kept) = policy.per_zone {
            for zone in self.zones_to_prune()? {
                if let Some(edge) = self.edge_of_zone(&zone, kept)? {
                    self.prune_part(Part::OfZone(&zone, edge), START, Fate::Row, work)?;
                }
            }
        }
        let mut rounds = Vec::with_capacity(2);
        for (kept, name, which, fate) in [
            (policy.bodies_ms, "bodies", Which::WithBodies, Fate::Bodies),
            (policy.output_ms, "output", Which::WithOutput, Fate::Output),
        ] {
            if let Some(kept) = kept {
                // Both positions are read before either says that a round has begun.
                rounds.push((kept, name, which, fate, self.start_of_round(name, work.now)?));
            }
        }
        for (kept, name, which, fate, from) in rounds {
            let last = self.prune_part(Part::Before(work.now - kept, which), from, fate, work)?;
            let sql = GOT_TO.replace("{name}", name);
            self.write(&sql, &[last.at.into(), last.key.into(), (from == START).into(), work.now.into()])?;
        }
        if let Some(most) = policy.max_bytes {
            self.prune_to(most, work)?;
        }
        if let Some(kept) = policy.changes_ms {
            self.atomically("LOCK TABLE {s}.changes_turn IN EXCLUSIVE MODE", |call| {
                call.later(KEEP_LOG, vec![kept.into()]);
                call.later(CUT_LOG, Vec::new());
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Prunes the runs of a part behind a position, the oldest first: the last one that was read.
    fn prune_part(&self, part: Part<'_>, from: Place, fate: Fate, work: &mut Work) -> Result<Place> {
        let mut after = from;
        while !work.is_over() {
            match self.prune_step(part, after, fate, 1_024, work)? {
                Some((last, _)) => after = last,
                None => break,
            }
        }
        Ok(after)
    }

    /// Prunes until no more than `most` bytes are in use: the oldest bodies first, then runs. Freed space stays in the tables, so what is
    /// in use is reckoned.
    fn prune_to(&self, most: i64, work: &mut Work) -> Result<()> {
        let mut used = self.used_bytes()?;
        for (which, fate) in [(Which::WithBodies, Fate::Bodies), (Which::All, Fate::Row)] {
            let mut after = START;
            while used > most && !work.is_over() {
                match self.prune_step(Part::Before(work.now, which), after, fate, 64, work)? {
                    Some((last, freed)) => (after, used) = (last, used - freed),
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Prunes the next runs: the last one that was read, and how many bytes that frees; `None` where there are no more.
    fn prune_step(
        &self,
        part: Part<'_>,
        after: Place,
        fate: Fate,
        most: i64,
        work: &mut Work,
    ) -> Result<Option<(Place, i64)>> {
        let trips = self.client.trips();
        let (since, before) = (Instant::now(), trips.made());
        let (sql, values) = part.next(after, (*work.size(Of::Runs)).min(most));
        let now = work.now;
        let ((last, runs, bodies, bytes), _) = self.atomically(&self.gate_of_pruners(), |call: &Call<'_>| {
            let found = stretch(&call.ask(&[(&sql, &values)])?.pop().unwrap_or_default());
            let ids = if found.ids.is_empty() { found.ids } else { hold(call, part, &found.ids)? };
            let ids = &ids;
            let (runs, bodies, bytes) = match fate {
                _ if ids.is_empty() => (0, 0, 0),
                Fate::Row => runs::remove(call, ids).map(|(runs, bytes)| (runs, 0, bytes))?,
                Fate::Bodies => bodies::empty(call, ids, now).map(|(bodies, bytes)| (0, bodies, bytes))?,
                Fate::Output => (0, 0, bodies::output(call, ids)?),
            };
            Ok((found.last, runs, bodies, bytes))
        })?;
        // What the server took: on the way there and back nothing is done that fewer runs would make shorter. Others work beside it and
        // don't wait, so that a step may take the longer of the two times.
        let on_the_way = trips.take_at_least(trips.made().wrapping_sub(before));
        work.took(Of::Runs, since.elapsed().saturating_sub(on_the_way), false);
        work.done.runs += runs;
        work.done.bodies += bodies;
        work.done.bytes += bytes;
        Ok(last.map(|last| (last, bytes + runs * OF_RUN)))
    }
}
