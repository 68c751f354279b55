//! Moving worktrees between zones, and the ledger of all such moves, which triggers write.

use serde_json::Value as Json;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::Store;
use super::conversation::SIGN;
use super::sql::column_type;
use crate::engine::drops::{Expected, Wish, ZONE_AT, agents, elsewhere, full, push_move};
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::{Value, integer, push_cells, text_of};
use crate::engine::run::cells::push_one;
use crate::engine::{FlowFilter, MoveFilter, Moves};
use crate::error::Result;
use crate::model::ledger::{Move, Stop};
use crate::model::run::Wanted;
use crate::model::{Field, Given, WORKTREE, ZONE, prompt, time};
use crate::rows::Batch;

/// A move's columns, in the order in which `read` reads them.
macro_rules! moved {
    () => {
        "key, stamp, at, worktree_id, branch_name, from_zone_id, from_name, to_zone_id, to_name, \"by\", reason, \
         coalesce(seq, key) AS said, coalesce(nth, 0) AS nth_said"
    };
}

/// When the call that is under way has changed the zone of $1.
macro_rules! of_call {
    () => {
        "SELECT c.at FROM {s}.changes AS first JOIN {s}.changes AS c ON c.xid = first.xid AND c.entity = 3 AND c.worktree_id = $1 \
         WHERE first.call = nullif(pg_catalog.current_setting('visual_db.call', true), '')::bigint"
    };
}

/// Makes a move, where nothing is in its way: what was found, and the worktree as it is then. A worktree comes last in its zone: its
/// assignment gets another `seq` where the zone already has one of that time or later. $1 worktree, $2 zone, $3 now, $4 whether a zone is
/// expected, $5 which, $6 whether the limit is ignored; `{place}` sets its position.
const MOVE: &str = "WITH asked AS (
       SELECT w.id, z.id AS zone_id, z.name, z.id IS DISTINCT FROM $2 AS is_move, t.id IS NOT NULL OR $2 IS NULL AS is_there, t.wip_limit,
         CASE WHEN t.wip_limit IS NOT NULL THEN (SELECT count(*) FROM {s}.worktree_zones WHERE zone_id = $2) END AS there
       FROM {s}.worktrees AS w LEFT JOIN {s}.worktree_zones AS a ON a.worktree_id = w.id LEFT JOIN {s}.zones AS z ON z.id = a.zone_id
       LEFT JOIN {s}.zones AS t ON t.id = $2 WHERE w.id = $1
     ), fine AS (
       SELECT * FROM asked WHERE is_there AND ($4 = 0 OR zone_id IS NOT DISTINCT FROM $5)
         AND (NOT is_move OR $6 = 1 OR wip_limit IS NULL OR there < wip_limit)
     ), going AS (
       SELECT id, zone_id IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM {s}.worktree_zones WHERE zone_id = $2 AND assigned_at >= $3) AS stays FROM fine WHERE is_move
     ), gone AS (
       DELETE FROM {s}.worktree_zones AS a USING going WHERE a.worktree_id = going.id AND $2 IS NULL
     ), stayed AS (
       UPDATE {s}.worktree_zones AS a SET zone_id = $2, assigned_at = $3 FROM going WHERE a.worktree_id = going.id AND stays AND $2 IS NOT NULL
     ), came AS (
       INSERT INTO {s}.worktree_zones (worktree_id, zone_id, assigned_at) SELECT id, $2, $3 FROM going WHERE NOT stays AND $2 IS NOT NULL
       ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at, seq = DEFAULT
     ){place}
     SELECT zone_id, name, is_there, is_move, wip_limit, there, EXISTS (SELECT 1 FROM fine), {w.worktree}
     FROM asked JOIN {placed} AS w ON w.id = asked.id";
/// Sets the worktree's position as well.
const PLACE: &str = ", placed AS (UPDATE {s}.worktrees AS w SET {set}, updated_at = $3 FROM fine WHERE w.id = fine.id RETURNING w.*), \
     seen AS (SELECT * FROM placed UNION ALL SELECT * FROM {s}.worktrees WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM fine))";
/// How many columns come before those of the worktree.
const FOUND: usize = 7;
const LAST_MOVE: &str =
    concat!("SELECT ", moved!(), " FROM {s}.moves WHERE worktree_id = $1 ORDER BY key DESC LIMIT 1");
/// What stands for the answer of a move that was made before, and which move that was.
const MOVED: &str = concat!(
    "SELECT NULL::text, NULL::text, true, EXISTS (",
    of_call!(),
    "), NULL::bigint, 0, true, {w.worktree} FROM {s}.worktrees AS w WHERE w.id = $1"
);
const MOVE_OF_CALL: &str = concat!(
    "SELECT ",
    moved!(),
    " FROM {s}.moves WHERE worktree_id = $1 AND at = (",
    of_call!(),
    " LIMIT 1) ORDER BY key DESC LIMIT 1"
);
const REASON: &str = "SELECT pg_catalog.set_config('visual_db.reason', $1, true)";

/// The latest moves before one: $2 since, $3 until.
const MOVES: &str = concat!(
    "SELECT ",
    moved!(),
    " FROM {s}.moves WHERE key < $1 AND ($2 IS NULL OR at >= $2) AND ($3 IS NULL OR at <= $3){of} ORDER BY key DESC LIMIT $4"
);

impl Moves for Store {
    fn move_worktree(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let of = Wish::given(method, given)?;
        self.check_writable()?;
        let Some(variables) = &of.variables else {
            return self.drop_worktree(&of, &time::iso(now), batch).map(drop);
        };
        self.all_or_nothing(|| match self.drop_worktree(&of, &time::iso(now), batch)? {
            Some(zone) => self.enqueue_agents(method, of.worktree, &zone, variables, now as i64, batch),
            None => Ok(()),
        })
    }

    /// Triggers keep the ledger: nothing has to be folded.
    fn fold_moves(&self) -> Result<()> {
        self.check_open()
    }

    fn list_moves(&self, filter: &MoveFilter<'_>, after: i64, most: usize, batch: &mut Batch) -> Result<()> {
        let mut values = vec![after.into(), filter.since.into(), filter.until.into(), (most as i64).into()];
        let mut sql = MOVES.replace("{of}", "");
        if let Some(worktree) = filter.worktree {
            values.push(worktree.into());
            sql = MOVES.replace("{of}", " AND worktree_id = $5{of}");
        }
        if let Some(zone) = filter.zone {
            values.push(zone.into());
            let of = |column: &str| {
                let open = if filter.worktree.is_some() { &sql } else { MOVES };
                open.replace("{of}", &format!(" AND {column} = ${}", values.len()))
            };
            // Each direction by its own index, in the order of the list.
            let ways = format!("({}) UNION ({})", of("from_zone_id"), of("to_zone_id"));
            sql = format!("SELECT * FROM ({ways}) AS of_zone ORDER BY key DESC LIMIT $4");
        }
        for row in self.read(&sql.replace("{of}", ""), &values)? {
            let of = read(&row);
            batch.push_integer(integer(&row, 0), false);
            push_move(batch, &of);
            batch.end_row();
        }
        Ok(())
    }

    fn flow(&self, asked: &FlowFilter, batch: &mut Batch) -> Result<()> {
        self.read_flow(asked, batch)
    }
}

impl Store {
    /// The drop, in one trip. Nobody else writes meanwhile, so that a limit holds.
    ///
    /// The zone that it came into from another one or from none; `None` where it was no such move.
    fn drop_worktree(&self, of: &Wish<'_>, now: &str, batch: &mut Batch) -> Result<Option<String>> {
        let expected = of.expected.as_ref().map(|Expected(zone)| *zone);
        let mut values: Vec<Value<'_>> = vec![
            of.worktree.into(),
            of.zone.into(),
            now.into(),
            i64::from(of.expected.is_some()).into(),
            expected.flatten().into(),
            i64::from(of.force).into(),
        ];
        let mut set = Vec::new();
        for (column, stored) in of.position.columns(&WORKTREE).zip(&of.position.values) {
            let field = WORKTREE.fields.iter().find(|field| field.column == column);
            values.push(Value::of(stored, &field.map_or(Type::FLOAT8, column_type)));
            set.push(format!("{column} = ${}", values.len()));
        }
        let (place, placed) = if set.is_empty() {
            (String::new(), "{s}.worktrees")
        } else {
            (PLACE.replace("{set}", &set.join(", ")), "seen")
        };
        let sql = self.expanded(&MOVE.replace("{place}", &place).replace("{placed}", placed));
        let last = self.expanded(LAST_MOVE);
        let (signature, worktree) = (self.signature(), [of.worktree.into()]);
        let (reason, none) = ([of.reason.unwrap_or_default().into()], ["".into()]);
        let mut steps = Vec::with_capacity(5);
        steps.extend(signature.as_ref().map(|values| Step::Statement(SIGN, values)));
        steps.extend(of.reason.is_some().then_some(Step::Statement(REASON, &reason)));
        let at = steps.len();
        steps.extend([Step::Statement(&sql, &values), Step::Statement(&last, &worktree)]);
        steps.extend(of.reason.is_some().then_some(Step::Statement(REASON, &none)));
        let (moved, last_of_call) = (self.expanded(MOVED), self.expanded(MOVE_OF_CALL));
        let mut instead = steps.clone();
        instead.splice(at..=at + 1, [Step::Statement(&moved, &worktree), Step::Statement(&last_of_call, &worktree)]);
        let rows = self.change(true, &steps, &instead)?;
        let found = rows.get(at).and_then(|rows| rows.first());
        let row =
            found.ok_or_else(|| WORKTREE.not_found(Field::new(of.method, "worktreeId"), Given::Text(of.worktree)))?;
        check(of, row)?;
        push_cells(row, FOUND..row.len(), batch);
        batch.end_row();
        if integer(row, 3) != 0
            && let Some(made) = rows.get(at + 1).and_then(|rows| rows.first())
        {
            let made = read(made);
            push_move(batch, &made);
            batch.end_row();
            return Ok(made.to.map(|to| to.id));
        }
        Ok(None)
    }

    /// Enqueues a run for each agent of the zone into which a worktree was dropped, if its trigger is `onDrop`.
    fn enqueue_agents(
        &self,
        method: &'static str,
        worktree_id: &str,
        zone_id: &str,
        variables: &Json,
        wall_ms: i64,
        batch: &mut Batch,
    ) -> Result<()> {
        let (Some(zone), Some(worktree)) = self.zone_and_worktree(zone_id, worktree_id)? else { return Ok(()) };
        if zone.get("trigger").and_then(Json::as_str) != Some("onDrop") {
            return Ok(());
        }
        let agents = agents(method, zone_id, zone.get("agents").unwrap_or(&Json::Null))?;
        let template = zone.get("promptTemplate").and_then(Json::as_str).unwrap_or_default();
        let (prompt, _) = prompt::render(template, &worktree, &zone, variables);
        for agent in agents {
            let record = self.make_at_once(method, &Wanted::of(zone_id, worktree_id, agent, &prompt), wall_ms)?;
            push_one(batch, Some(&record));
        }
        Ok(())
    }
}

/// Refuses a move where the statement has found something in its way.
fn check(of: &Wish<'_>, row: &Row) -> Result<()> {
    if integer(row, 6) != 0 {
        return Ok(());
    }
    let from = stop(row, 0);
    if let Some(Expected(expected)) = of.expected
        && expected != from.as_ref().map(|stop| stop.id.as_str())
    {
        return Err(elsewhere(of.method, expected, from));
    }
    let zone = of.zone.unwrap_or_default();
    if integer(row, 2) == 0 {
        return Err(ZONE.not_found(Field::new(of.method, "zoneId").behind(ZONE_AT), Given::Text(zone)));
    }
    Err(full(of.method, zone, integer(row, 5), integer(row, 4)))
}

fn stop(row: &Row, id: usize) -> Option<Stop> {
    text_of(row, id).map(|found| Stop { id: found, name: text_of(row, id + 1).unwrap_or_default() })
}

/// A row of the ledger. Its key is its number as well, unless it came from a file.
pub(super) fn read(row: &Row) -> Move {
    Move {
        seq: integer(row, 11),
        stamp: integer(row, 1),
        nth: integer(row, 12),
        at: integer(row, 2),
        worktree_id: text_of(row, 3).unwrap_or_default(),
        branch_name: text_of(row, 4).unwrap_or_default(),
        from: stop(row, 5),
        to: stop(row, 7),
        by: text_of(row, 9),
        reason: text_of(row, 10),
    }
}
