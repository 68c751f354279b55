//! What a policy would prune, counted and not done.

use super::choose::{self, ALL, HAS_BODIES, HAS_OUTPUT, Place, Stretch};
use super::{bodies, list};
use crate::engine::sqlite::store::Store;
use crate::engine::{Policy, Pruned};
use crate::error::Result;

/// So many runs are looked at in one go.
const MOST: i64 = 1_024;

impl Store {
    /// Counts what a policy would prune, all of it.
    pub(super) fn count_all(&self, policy: &Policy, now: i64) -> Result<Pruned> {
        let mut done = Pruned::default();
        let oldest = |kept: Option<i64>| kept.map(|kept| now - kept);
        self.connection.with(|inner| {
            let mut counted = std::collections::HashSet::new();
            let mut count = |ids: Vec<String>, done: &mut Pruned, with_row: bool| -> Result<()> {
                let new: Vec<String> = ids.into_iter().filter(|id| counted.insert(id.clone())).collect();
                let (bytes, bodies): (i64, i64) = inner
                    .prepare_cached(
                        "SELECT coalesce(sum(n), 0), coalesce(sum(n > 0), 0) FROM (SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) AS n \
                         FROM main.zone_executions WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL \
                         SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM main.archived_executions \
                         WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL \
                         SELECT coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) FROM main.runs \
                         WHERE id IN (SELECT value FROM json_each(?1)))",
                    )?
                    .query_row([list(&new)], |row| Ok((row.get(0)?, row.get(1)?)))?;
                done.bytes += bytes;
                if with_row {
                    done.runs += new.len() as i64;
                } else {
                    done.bodies += bodies;
                }
                Ok(())
            };
            if let Some(time) = oldest(policy.runs_ms) {
                each(|after| choose::before(inner, after, time, ALL, MOST), |ids| count(ids, &mut done, true))?;
            }
            if let Some(kept) = policy.per_zone {
                for zone in choose::zones(inner)? {
                    let Some(edge) = choose::edge_of_zone(inner, &zone, kept)? else { continue };
                    each(|after| choose::of_zone(inner, &zone, after, edge, MOST), |ids| count(ids, &mut done, true))?;
                }
            }
            if let Some(time) = oldest(policy.bodies_ms) {
                each(|after| choose::before(inner, after, time, HAS_BODIES, MOST), |ids| count(ids, &mut done, false))?;
            }
            if let Some(time) = oldest(policy.output_ms.or(policy.bodies_ms)) {
                each(
                    |after| choose::before(inner, after, time, HAS_OUTPUT, MOST),
                    |ids| {
                        for key in bodies::keys(inner, &ids)? {
                            done.bytes += inner
                                .prepare_cached(
                                    "SELECT coalesce(sum(octet_length(text)), 0) FROM main.run_output WHERE id BETWEEN ?1 AND ?2",
                                )?
                                .query_row([key << 32, (key << 32) + 0xffff_ffff], |row| row.get::<_, i64>(0))?;
                        }
                        Ok(())
                    },
                )?;
            }
            Ok(())
        })?;
        Ok(done)
    }
}

/// Goes through all stretches.
fn each(mut next: impl FnMut(Place) -> Result<Stretch>, mut take: impl FnMut(Vec<String>) -> Result<()>) -> Result<()> {
    let mut after = Place::START;
    loop {
        let Stretch { ids, last } = next(after)?;
        let Some((at, key)) = last else { return Ok(()) };
        take(ids)?;
        after = Place { at, key };
    }
}
