//! What a policy would prune, counted only: rule by rule as in `prune`, and what one rule takes is gone for the next.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::choose::{PIN, Place, START, is_pinned, place};
use crate::engine::postgres::client::value::{cell, integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::pruning::OF_RUN;
use crate::engine::{Policy, Pruned};
use crate::error::Result;

/// All runs, the oldest first, with the bytes of their texts.
const RUNS: &str = "SELECT h.created_at, h.key, h.zone_id, CASE WHEN h.status NOT IN ('queued', 'running', 'waiting') \
     AND NOT EXISTS (SELECT 1 FROM {s}.runs AS c WHERE c.parent_run_id = h.id AND c.finished_at IS NULL) \
     THEN coalesce(h.finished_at, h.created_at) END, {pin}, h.bodies_pruned_at IS NULL, \
     coalesce((SELECT sum(o.length) FROM {s}.run_output AS o WHERE o.run = h.key), 0)::bigint, \
     coalesce(octet_length(h.prompt), 0) + coalesce(octet_length(h.result), 0), \
     coalesce(octet_length(e.prompt), 0) + coalesce(octet_length(e.result), 0), \
     coalesce(octet_length(a.prompt), 0) + coalesce(octet_length(a.result), 0) \
     FROM {s}.runs AS h LEFT JOIN {s}.zone_executions AS e ON h.executed AND e.id = h.id \
     LEFT JOIN {s}.archived_executions AS a ON h.executed AND a.id = h.id WHERE h.created_at >= $1 ORDER BY h.created_at, h.key";

/// What pruning needs to know about a run.
struct Run {
    place: Place,
    zone: u32,
    /// When it ended, if it may be pruned.
    ended: Option<i64>,
    has_bodies: bool,
    output: i64,
    texts: [i64; 3],
    is_gone: bool,
}

impl Store {
    /// Counts all that a policy would prune.
    pub(super) fn count_pruned(&self, policy: &Policy, now: i64) -> Result<Pruned> {
        let mut zones = BTreeMap::new();
        let rows = self.read(&RUNS.replace("{pin}", PIN), &[START.at.into()])?;
        let mut runs: Vec<Run> = rows.iter().map(|row| run(row, &mut zones)).collect();
        drop(rows);
        let mut done = Pruned::default();
        if let Some(kept) = policy.runs_ms {
            take(&mut runs, &mut done, |run| is_before(run, now - kept));
        }
        if let Some(kept) = policy.per_zone {
            for zone in self.zones_to_prune()? {
                let Some(of) = zones.get(&zone).copied() else { continue };
                let there = |run: &&Run| run.zone == of && !run.is_gone;
                let edge = runs.iter().rev().filter(there).nth(kept as usize).map(|run| run.place);
                if let Some(edge) = edge {
                    take(&mut runs, &mut done, |run| run.zone == of && run.place <= edge && run.ended.is_some());
                }
            }
        }
        if let Some(kept) = policy.bodies_ms {
            let from = self.start_of_round("bodies", now)?;
            for run in runs.iter_mut().filter(|run| run.has_bodies && run.place > from && is_before(run, now - kept)) {
                empty(run, &mut done);
            }
        }
        if let Some(kept) = policy.output_ms {
            let from = self.start_of_round("output", now)?;
            for run in runs.iter_mut().filter(|run| run.place > from && is_before(run, now - kept)) {
                done.bytes += std::mem::take(&mut run.output);
            }
        }
        if let Some(most) = policy.max_bytes {
            let mut used = self.used_bytes()? - done.bytes - done.runs * OF_RUN;
            for is_row in [false, true] {
                for some in runs.chunks_mut(64) {
                    if used <= most {
                        break;
                    }
                    let before = done;
                    if is_row {
                        take(some, &mut done, |run| is_before(run, now));
                    } else {
                        let with = some.iter_mut().filter(|run| run.has_bodies && is_before(run, now));
                        with.for_each(|run| empty(run, &mut done));
                    }
                    used -= done.bytes - before.bytes + (done.runs - before.runs) * OF_RUN;
                }
            }
        }
        Ok(done)
    }
}

fn run(row: &Row, zones: &mut BTreeMap<String, u32>) -> Run {
    let next = zones.len() as u32;
    let zone = *zones.entry(text_of(row, 2).unwrap_or_default()).or_insert(next);
    Run {
        place: place(row),
        zone,
        ended: cell(row, 3).map(|cell| cell.integer()).filter(|_| !is_pinned(text_of(row, 4).as_deref())),
        has_bodies: integer(row, 5) != 0,
        output: integer(row, 6),
        texts: [7, 8, 9].map(|column| integer(row, column)),
        is_gone: false,
    }
}

/// Whether it was made and has ended before a time, and may be pruned.
fn is_before(run: &Run, time: i64) -> bool {
    !run.is_gone && run.place.at < time && run.ended.is_some_and(|ended| ended < time)
}

fn take(runs: &mut [Run], done: &mut Pruned, is: impl Fn(&Run) -> bool) {
    for run in runs.iter_mut().filter(|run| !run.is_gone && is(run)) {
        run.is_gone = true;
        done.runs += 1;
        done.bytes += run.output + run.texts.iter().sum::<i64>();
    }
}

fn empty(run: &mut Run, done: &mut Pruned) {
    run.has_bodies = false;
    done.bodies += run.texts.iter().filter(|bytes| **bytes > 0).count() as i64;
    done.bytes += std::mem::take(&mut run.output) + std::mem::take(&mut run.texts).iter().sum::<i64>();
}
