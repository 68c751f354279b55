//! Which run is next, and claiming it.
//!
//! A claim reads little: what is at work, and the first runs of each lane. It locks the runs that it takes, and skips those that others
//! have locked. Only where there are limits or budgets do claims wait for one another: each has to count what the one before it took.

use std::collections::{HashMap, VecDeque};

use super::budgets::{BUDGETS, budgets_of};
use super::clock::{BEGUN, NOW, moment};
use super::columns::{FROM, columns, read};
use super::limits::{AT_WORK, LIMITS, at_work_of, limits_of};
use super::load::{Held, beside, read_held};
use super::usual::NONE;
use crate::engine::postgres::client::value::{Value, integer, is_null, text_of};
use crate::engine::postgres::schema::names;
use crate::engine::postgres::store::Store;
use crate::engine::postgres::store::call::Call as Number;
use crate::engine::postgres::store::work::Work;
use crate::engine::run::budgets::{StoredBudget, check_current};
use crate::engine::run::lanes::{First, Lanes, count_in, urgency};
use crate::engine::run::record::Record;
use crate::engine::run::taker::Taker;
use crate::error::Result;
use crate::model::run::{Call, Limit, Moment};

/// How many more runs of a lane are read than are wanted, since others may have locked as many.
const BESIDE: i64 = 64;

/// Puts runs whose time has come into line. Those that another claim is putting there are skipped.
const DUE: &str = "UPDATE {s}.runs SET not_before = NULL WHERE key IN (SELECT key FROM {s}.runs WHERE status = 'queued' AND not_before <= $1 \
     ORDER BY not_before LIMIT 1000 FOR UPDATE SKIP LOCKED)";

/// What a claim has to know before it chooses.
pub(super) struct Ahead {
    pub now: Moment,
    pub limits: Vec<Limit>,
    pub budgets: Vec<StoredBudget>,
    /// How many are at work in each zone.
    pub at_work: Vec<(String, i64)>,
}

impl Store {
    /// Makes claims, and calls that spend, wait for one another where there are limits or budgets. `jit` is off, since compiling takes
    /// longer than any of their statements.
    pub(super) fn gate(&self) -> String {
        format!(
            "SELECT pg_catalog.set_config('jit', 'off', true), CASE WHEN EXISTS (SELECT 1 FROM {{s}}.run_limits) OR EXISTS (SELECT 1 FROM {{s}}.budgets) \
             THEN pg_catalog.pg_advisory_xact_lock({}) END",
            names::gate(self.lock)
        )
    }

    /// Claims up to `most` runs, after taking away those whose lease or time ran out, and putting those that are due into line.
    pub(super) fn claim(&self, taker: &Taker<'_>, most: usize, wall_ms: i64) -> Result<Vec<Record>> {
        let names = |names: Option<&[String]>| -> Vec<String> { names.unwrap_or_default().to_vec() };
        let (zones, agents) = (names(taker.zones), names(taker.agents));
        if most == 1
            && !taker.goes_on
            && !self.is_bounded.get()
            && let Some(claimed) = self.claim_usually(taker, wall_ms)?
        {
            return Ok(claimed);
        }
        let sql = candidates(
            &format!("{}, {}", columns(true), beside()),
            "LIMIT (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM {s}.run_limits) THEN $1 END)",
        );
        let due = [wall_ms.into()];
        let asked = |work: &Work<'_>, at_once: bool| {
            let values = [
                (most as i64).into(),
                taker.zones.is_some().into(),
                Value::Texts(zones.iter().map(String::as_str).collect()),
                taker.agents.is_some().into(),
                Value::Texts(agents.iter().map(String::as_str).collect()),
                at_once.into(),
            ];
            work.ask_ahead(wall_ms, &[(DUE, &due), (&sql, &values)])
        };
        let (claimed, _) = self.atomically(&self.gate(), |work| {
            let (mut ahead, over, mut more) = asked(work, taker.goes_on)?;
            if !taker.goes_on && !over.is_empty() {
                // Taking a run away locks its worktree and its zone first, so nothing may be locked yet.
                work.sweep_these(&over, ahead.now)?;
                (ahead, _, more) = asked(work, true)?;
            }
            self.is_bounded.set(!ahead.limits.is_empty() || !ahead.budgets.is_empty());
            check_current(&ahead.budgets, wall_ms)?;
            let rows = more.pop().unwrap_or_default();
            let held: Vec<Held> = rows.iter().filter_map(|row| read_held(row).0).collect();
            work.take(taker, most, held, ahead)
        })?;
        Ok(claimed)
    }
}

/// Whether who takes a run need count nothing and take nothing away before, and the server's time.
pub(super) fn takes_usually() -> String {
    format!(
        "SELECT NOT EXISTS (SELECT 1 FROM {{s}}.run_limits) AND NOT EXISTS (SELECT 1 FROM {{s}}.budgets) \
         AND NOT EXISTS (SELECT 1 FROM {{s}}.runs AS o WHERE o.status = 'running' AND o.sound_to <= {NOW}) AS it_is, {NOW} AS now"
    )
}

/// Claims a run in one statement where all is as usual: there are no limits and no budgets, no lease ran out, and the worktree and zone of
/// the next run are there. It does to the first of `candidates` what the model makes of it; `$7` is by how much its token grows. The last
/// column tells whether all was as usual. An UPDATE has no order, which the log would show of several runs: so it is of one.
const CLAIM: &str = "WITH usual AS ({usual}), \
     taken AS MATERIALIZED (SELECT * FROM ({candidates}) AS c LIMIT 1), \
     made AS (UPDATE {s}.runs AS r SET status = 'running', token = r.token + $7, attempt = r.attempt + CASE WHEN r.answered THEN 0 ELSE 1 END, \
       started_at = coalesce(r.started_at, $9), worked_ms = CASE WHEN r.answered THEN r.worked_ms ELSE 0 END, worker_id = $8, worker_before = r.worker_id, \
       claimed = usual.now, claimed_at = $9, deadline = usual.now + $10, expires_at = $9 + $10, length_ms = $10, \
       sound_to = least(usual.now + $10, usual.now + r.timeout_ms - CASE WHEN r.answered THEN r.worked_ms ELSE 0 END + 1) \
       FROM taken, usual, {none} WHERE r.key = taken.key AND taken.is_whole RETURNING {columns}) \
     SELECT made.*, usual.it_is AND NOT EXISTS (SELECT 1 FROM taken WHERE NOT is_whole) FROM usual LEFT JOIN made ON true";

/// The run that a call claimed, as `CLAIM` answers it.
const CLAIMED: &str = "SELECT {columns}, true FROM {from} WHERE r.id = (SELECT id FROM {s}.changes WHERE call = $1)";

impl Store {
    /// Claims a run in one trip: `None` where nothing was done, since not all is as usual.
    fn claim_usually(&self, taker: &Taker<'_>, wall_ms: i64) -> Result<Option<Vec<Record>>> {
        let names = |names: Option<&[String]>| Value::OwnTexts(names.unwrap_or_default().to_vec());
        let values = [
            1.into(),
            taker.zones.is_some().into(),
            names(taker.zones),
            taker.agents.is_some().into(),
            names(taker.agents),
            false.into(),
            (1 + Taker::skipped()).into(),
            taker.worker.into(),
            wall_ms.into(),
            taker.lease_ms.into(),
        ];
        let selected = "r.key, EXISTS (SELECT 1 FROM {s}.zones AS p WHERE p.id = r.zone_id) \
             AND EXISTS (SELECT 1 FROM {s}.worktrees AS p WHERE p.id = r.worktree_id) AS is_whole";
        let first = candidates(selected, "LIMIT (SELECT CASE WHEN it_is THEN $1 ELSE 0 END FROM usual)");
        let claim = CLAIM
            .replace("{candidates}", &first)
            .replace("{none}", NONE)
            .replace("{columns}", &columns(true))
            .replace("{usual}", &takes_usually());
        let claimed = CLAIMED.replace("{columns}", &columns(true)).replace("{from}", FROM);
        let call = Number::new();
        let (due, number) = ([wall_ms.into()], [call.0.into()]);
        let said: [(&str, &[Value<'_>]); 3] = [(&self.gate(), &[]), (DUE, &due), (&claim, &values)];
        let rows = self.write_as(call, false, &said, &[(&claimed, &number)])?;
        let Some(row) = rows.last().and_then(|rows| rows.first()) else { return Ok(None) };
        if integer(row, row.len() - 1) == 0 {
            return Ok(None);
        }
        let found = if is_null(row, 0) { None } else { read(row).0 };
        Ok(Some(found.map(|found| found.record).into_iter().collect()))
    }
}

impl Work<'_> {
    /// What a claim has to know, once runs whose lease or time ran out are taken away, and whether any were.
    pub(super) fn ahead(&self, wall_ms: i64) -> Result<(Ahead, bool)> {
        let mut swept = false;
        loop {
            let (ahead, over, _) = self.ask_ahead(wall_ms, &[])?;
            if self.sweep_these(&over, ahead.now)? == 0 {
                return Ok((ahead, swept));
            }
            swept = true;
        }
    }

    /// The same, with the ids of runs whose lease or time may have run out, and the answers to `more`.
    #[allow(clippy::type_complexity, reason = "three answers of one trip")]
    fn ask_ahead(
        &self,
        wall_ms: i64,
        more: &[(&str, &[Value<'_>])],
    ) -> Result<(Ahead, Vec<String>, Vec<Vec<tokio_postgres::Row>>)> {
        let over = format!("SELECT id FROM {{s}}.runs WHERE status = 'running' AND sound_to <= {NOW} ORDER BY key");
        let now = format!("SELECT {NOW}");
        let mut asked: Vec<(&str, &[Value<'_>])> =
            vec![(&now, &[]), (&over, &[]), (LIMITS, &[]), (BUDGETS, &[]), (AT_WORK, &[])];
        asked.extend_from_slice(more);
        let mut answers = self.ask(&asked)?;
        let more = answers.split_off(5.min(answers.len()));
        let [now, over, limits, budgets, at_work] = answers.try_into().unwrap_or_default();
        let at_work = at_work_of(&at_work);
        let mut limits = limits_of(&limits);
        let mut zones: Vec<(String, i64)> = Vec::new();
        for (zone, agent, count) in at_work {
            for _ in 0..count {
                count_in(&mut limits, &zone, &agent);
            }
            zones.push((zone, count));
        }
        let now = moment(now.first().map_or(0, |row| integer(row, 0)), wall_ms);
        let ahead = Ahead { now, limits, budgets: budgets_of(&budgets), at_work: zones };
        Ok((ahead, over.iter().filter_map(|row| text_of(row, 0)).collect(), more))
    }

    /// Takes up to `most` of these runs, in the order of their lanes.
    fn take(&self, taker: &Taker<'_>, most: usize, held: Vec<Held>, mut ahead: Ahead) -> Result<Vec<Record>> {
        let mut behind: HashMap<(String, String), VecDeque<Held>> = HashMap::new();
        let mut names: Vec<(String, String)> = Vec::new();
        for held in held {
            let name = (held.record.zone_id.clone(), held.record.agent_type.clone());
            if !behind.contains_key(&name) {
                names.push(name.clone());
            }
            behind.entry(name).or_default().push_back(held);
        }
        names.sort();
        let mut lanes = Lanes::default();
        for (zone_id, agent_type) in &names {
            if let Some((urgency, run)) = behind.get(&(zone_id.clone(), agent_type.clone())).and_then(first_of) {
                lanes.push(First { zone_id, agent_type, urgency, run });
            }
        }
        for (zone, count) in &ahead.at_work {
            for _ in 0..*count {
                lanes.count_in(zone.as_bytes());
            }
        }
        let mut claimed = Vec::new();
        while claimed.len() < most {
            let Some(next) = lanes.next(&ahead.limits) else { break };
            let lane = lanes.first(next);
            let Some(queue) = behind.get_mut(&(lane.zone_id.to_owned(), lane.agent_type.to_owned())) else { break };
            let front = queue.pop_front();
            let then = first_of(queue);
            if let Some(record) = front.map_or(Ok(None), |held| self.take_one(taker, held, ahead.now))? {
                count_in(&mut ahead.limits, &record.zone_id, &record.agent_type);
                lanes.count_in(record.zone_id.as_bytes());
                claimed.push(record);
            }
            lanes.set_first(next, then);
        }
        Ok(claimed)
    }

    /// Takes a run. Where its worktree or its zone was deleted without a trigger that ended it, the run ends now instead.
    fn take_one(&self, taker: &Taker<'_>, mut held: Held, now: Moment) -> Result<Option<Record>> {
        if let Some(gone) = held.gone {
            held.record.said.error = Some(gone.into());
            let id = held.record.id.clone();
            self.apply_to(&id, Some(held), &Call::Delete, None, now, |_| ())?;
            return Ok(None);
        }
        let Some(to) = taker.claims(&mut held.record, now)? else { return Ok(None) };
        self.settle(&mut held, to, None, now.wall_ms);
        Ok(Some(held.record))
    }
}

fn first_of(queue: &VecDeque<Held>) -> Option<(i64, i64)> {
    queue.front().map(|held| {
        let answered = matches!(held.record.life.state, crate::model::run::State::Queued { answered: true, .. });
        (urgency(held.record.priority, answered), held.record.key)
    })
}

/// The runs that may be taken, locked one by one until there are enough: from lane to lane, the first of each that no spent budget
/// closes, the most urgent first, then that of the zone in which the fewest are at work, then the oldest. `$1` of them, or, where
/// limits may close a lane meanwhile, so many of each. `$2` and `$4` say whether zones and agents are named, which are `$3` and `$5`.
/// None where a lease may have run out, unless `$6`. `selected` is of the run, `r`.
fn candidates(selected: &str, limit: &str) -> String {
    let queued = "status = 'queued' AND not_before IS NULL";
    let spent =
        |of: &str| format!("EXISTS (SELECT 1 FROM {{s}}.budgets AS b WHERE b.spent_micros >= b.limit_micros AND {of})");
    format!(
        "WITH RECURSIVE lane AS ((SELECT lane, zone_id, agent_type FROM {{s}}.runs WHERE {queued} ORDER BY lane LIMIT 1) \
         UNION ALL SELECT n.* FROM lane AS l, LATERAL (SELECT lane, zone_id, agent_type FROM {{s}}.runs WHERE {queued} AND lane > l.lane \
         ORDER BY lane LIMIT 1) AS n), \
         busy AS (SELECT zone_id, count(*) AS count FROM {{s}}.runs WHERE status = 'running' GROUP BY zone_id), \
         next AS (SELECT q.key, q.urgency, coalesce(b.count, 0) + row_number() OVER (PARTITION BY l.zone_id ORDER BY q.urgency, q.key) AS turn \
         FROM lane AS l LEFT JOIN busy AS b ON b.zone_id = l.zone_id, \
         LATERAL (SELECT key, urgency FROM {{s}}.runs AS o WHERE {queued} AND o.lane = l.lane AND NOT {} \
         ORDER BY urgency, key LIMIT (SELECT CASE WHEN EXISTS (SELECT 1 FROM {{s}}.run_limits) THEN $1 ELSE $1 + {BESIDE} END)) AS q \
         WHERE ($2 IS FALSE OR l.zone_id = ANY ($3)) AND ($4 IS FALSE OR l.agent_type = ANY ($5)) AND NOT {}) \
         SELECT taken.* FROM (SELECT key FROM next ORDER BY urgency, turn, key) AS n, \
         LATERAL (SELECT {selected} FROM {FROM} WHERE r.key = n.key AND r.status = 'queued' AND r.not_before IS NULL \
         AND ($6 OR NOT EXISTS (SELECT 1 FROM {{s}}.runs AS o WHERE o.status = 'running' AND o.sound_to <= {BEGUN})) \
         FOR UPDATE OF r SKIP LOCKED) AS taken \
         {limit}",
        spent("b.scope = 'worktree' AND b.id = o.worktree_id"),
        spent(
            "(b.scope = 'all' OR (b.scope = 'zone' AND b.id = l.zone_id) OR (b.scope = 'agent' AND b.id = l.agent_type))"
        ),
    )
}
