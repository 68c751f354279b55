//! The drop: moving a worktree, its assignment, its position, and the reason in the log, all or nothing.

use serde_json::Value;

use super::cells;
use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::{Current, Error, Facts, Position, Result};
use crate::model::entity::{Changes, Edit};
use crate::model::ledger::{Move, Stop};
use crate::model::run::Wanted;
use crate::model::{Field, Given, WORKTREE, ZONE, json, prompt, rules, time};
use crate::rows::Batch;

/// What `moveWorktree` was given.
pub(super) struct Wish<'a> {
    pub method: &'static str,
    pub worktree: &'a str,
    pub zone: Option<&'a str>,
    pub position: Changes<'a>,
    pub reason: Option<&'a str>,
    /// Where it is to be now.
    pub expected: Option<Expected<'a>>,
    /// Whether the zone's limit is passed over.
    pub force: bool,
    /// What prompts may name, where a run is wanted for each agent of the zone.
    pub variables: Option<Value>,
}

/// The zone in which a worktree is to be; `None` is in none.
pub(super) struct Expected<'a>(Option<&'a str>);

/// Where these are among the arguments.
const ZONE_AT: usize = 1;
const X_AT: usize = 2;
const REASON_AT: usize = 4;
const EXPECTED_AT: usize = 5;
const FORCE_AT: usize = 6;
const VARIABLES_AT: usize = 7;

/// What `overLimit` must be.
const OVER_LIMIT: &str = "'reject' or 'force'";

impl<'a> Wish<'a> {
    pub fn given(method: &'static str, given: &[Given<'a>]) -> Result<Self> {
        let argument = |at: usize| given.get(at).copied().unwrap_or(Given::Undefined);
        let id_or_null = |name, at| {
            let field = Field::new(method, name).behind(at);
            match argument(at) {
                Given::Null => Ok(None),
                given => rules::id(field, given).map(Some),
            }
        };
        let worktree = rules::id(Field::new(method, "worktreeId"), argument(0))?;
        let zone = id_or_null("zoneId", ZONE_AT)?;
        let mut edited = [Given::Undefined; 16];
        let mut first = 0;
        for (nth, field) in WORKTREE.editable(Edit::Update).enumerate() {
            match field.name {
                "position.x" => (edited[nth], first) = (argument(X_AT), nth),
                "position.y" => edited[nth] = argument(X_AT + 1),
                _ => {}
            }
        }
        let position = WORKTREE
            .changes(Edit::Update, method, &edited)
            .map_err(|error| error.placed(|nth| Position((nth + X_AT).saturating_sub(first + 1))))?;
        let reason = rules::string(Field::new(method, "reason").behind(REASON_AT), argument(REASON_AT))?;
        let expected = match argument(EXPECTED_AT) {
            Given::Undefined => None,
            _ => Some(Expected(id_or_null("expectedZoneId", EXPECTED_AT)?)),
        };
        let over = Field::new(method, "overLimit").behind(FORCE_AT);
        let force = match argument(FORCE_AT) {
            Given::Undefined | Given::Text("reject") => false,
            Given::Text("force") => true,
            given @ Given::Text(_) => return Err(over.wrong_value(OVER_LIMIT, &given)),
            given => return Err(over.wrong_type(OVER_LIMIT, &given)),
        };
        let variables = match argument(VARIABLES_AT) {
            Given::Text(text) => {
                let field = Field::new(method, "variables").behind(VARIABLES_AT);
                let deep = || {
                    field.out_of_range(&format!("nested at most {} deep", json::DEEPEST), "an object that is deeper")
                };
                Some(json::parse(text).ok_or_else(deep)?)
            }
            _ => None,
        };
        Ok(Self { method, worktree, zone, position, reason, expected, force, variables })
    }
}

/// Where a worktree is to go.
struct Target {
    stop: Stop,
    most: Option<i64>,
}

impl Store {
    /// Moves a worktree and appends its row, and, if it is a move, that of the move and those of the runs that are wanted.
    fn drop_worktree(&self, of: Wish<'_>, wall_ms: i64, batch: &mut Batch) -> Result<()> {
        let now = &time::iso(wall_ms as f64);
        let method = of.method;
        let here = self.first(Sql::WhereIs, &[Bind::Text(of.worktree)], |row| {
            (row.text(0), row.text_or_null(1).map(|id| Stop { id, name: row.text(2) }))
        })?;
        let Some((branch_name, from)) = here else {
            return Err(WORKTREE.not_found(Field::new(method, "worktreeId"), Given::Text(of.worktree)));
        };
        if let Some(Expected(expected)) = of.expected
            && expected != from.as_ref().map(|stop| stop.id.as_str())
        {
            return Err(elsewhere(method, expected, from));
        }
        let to = of.zone.map(|zone| self.target(method, zone)).transpose()?;
        let is_move = from.as_ref().map(|stop| &stop.id) != to.as_ref().map(|to| &to.stop.id);
        let mut made = None;
        if is_move {
            if let Some(target) = &to {
                self.check_wip(method, target, of.force)?;
                let values = [Bind::Text(of.worktree), Bind::Text(&target.stop.id), Bind::Text(now)];
                self.sign(|| {
                    if self.take(Query::MoveWorktree, &values)? {
                        return Ok(());
                    }
                    self.write_run(Query::AssignWorktree, &values).map(|_| ())
                })?;
            } else {
                let worktree = [Bind::Text(of.worktree)];
                self.sign(|| self.write_run(Query::RemoveAssignment, &worktree))?;
            }
            let end = self.last_entry()?;
            if let Some(reason) = of.reason {
                self.write_run(Sql::SetReason, &[Bind::Integer(end.seq), Bind::Text(reason)])?;
            }
            made = Some(Move {
                seq: end.seq,
                stamp: end.stamp,
                nth: 0,
                at: end.at,
                worktree_id: of.worktree.to_owned(),
                branch_name,
                from,
                to: to.map(|to| to.stop),
                by: self.actor().map(|by| by.to_string()),
                reason: of.reason.map(ToOwned::to_owned),
            });
        }
        if of.position.values.is_empty() {
            self.first(Query::GetWorktree, &[Bind::Text(of.worktree)], |row| {
                row.pack_columns(batch, WORKTREE.fields.len(), false)
            })?
            .transpose()?;
        } else {
            self.update(&WORKTREE, of.worktree, now, of.position, batch)?;
        }
        if let Some(made) = &made {
            cells::push(batch, made);
            batch.end_row();
        }
        match (of.variables, made.and_then(|made| made.to)) {
            (Some(variables), Some(zone)) => {
                self.enqueue_agents(method, of.worktree, &zone.id, &variables, wall_ms, batch)
            }
            _ => Ok(()),
        }
    }

    fn target(&self, method: &'static str, zone: &str) -> Result<Target> {
        let found = self.first(Sql::WhereTo, &[Bind::Text(zone)], |row| Target {
            stop: Stop { id: zone.to_owned(), name: row.text(0) },
            most: row.integer_or_null(3),
        })?;
        found.ok_or_else(|| ZONE.not_found(Field::new(method, "zoneId").behind(ZONE_AT), Given::Text(zone)))
    }

    /// Refuses a zone that has all the worktrees that it is to have.
    fn check_wip(&self, method: &'static str, target: &Target, force: bool) -> Result<()> {
        let Some(most) = target.most.filter(|_| !force) else { return Ok(()) };
        let zone = &target.stop.id;
        let there = self.first(Sql::CountInZone, &[Bind::Text(zone)], |row| row.integer(0))?.unwrap_or_default();
        if there < most {
            return Ok(());
        }
        let message = format!(
            "{method}: zone {zone} has {there} worktrees, its limit is {most}; overLimit: 'force' passes it over"
        );
        let facts = Field::new(method, "zoneId").behind(ZONE_AT).facts();
        Err(Error::Coded { code: "ERR_WIP_LIMIT", message }
            .about(Facts { current: Some(Current::Number(there)), ..facts }))
    }
}

impl Store {
    /// Wants a run of each agent of a zone into which a worktree was dropped, if that is what starts them.
    fn enqueue_agents(
        &self,
        method: &'static str,
        worktree_id: &str,
        zone_id: &str,
        variables: &Value,
        wall_ms: i64,
        batch: &mut Batch,
    ) -> Result<()> {
        let (Some(zone), Some(worktree)) = (self.object(&ZONE, zone_id)?, self.object(&WORKTREE, worktree_id)?) else {
            return Ok(());
        };
        if zone.get("trigger").and_then(Value::as_str) != Some("onDrop") {
            return Ok(());
        }
        let agents = agents(method, zone_id, zone.get("agents").unwrap_or(&Value::Null))?;
        let template = zone.get("promptTemplate").and_then(Value::as_str).unwrap_or_default();
        let (prompt, _) = prompt::render(template, &worktree, &zone, variables);
        for agent in agents {
            self.want(method, &Wanted::of(zone_id, worktree_id, agent, &prompt), wall_ms, batch)?;
        }
        Ok(())
    }
}

/// What the agents of a zone are called: each is a string, or an object with `type` or `name`.
fn agents<'a>(method: &'static str, zone_id: &str, agents: &'a Value) -> Result<Vec<&'a str>> {
    let list = match agents {
        Value::Null => &[],
        Value::Array(list) => list.as_slice(),
        other => std::slice::from_ref(other),
    };
    let called = |(nth, agent): (usize, &'a Value)| {
        let name = match agent {
            Value::Object(object) => object.get("type").filter(|of| of.is_string()).or_else(|| object.get("name")),
            agent => Some(agent),
        };
        name.and_then(Value::as_str).filter(|name| !name.is_empty()).ok_or_else(|| {
            let message = format!(
                "{method}: agents[{nth}] of zone {zone_id} must be a non-empty string, or an object with one as `type` or `name`"
            );
            let facts = Field::new(method, "zoneId").behind(ZONE_AT).facts();
            Error::Type(message).about(Facts { code: Some("ERR_INVALID_ARG_VALUE"), ..facts })
        })
    };
    list.iter().enumerate().map(called).collect()
}

fn elsewhere(method: &'static str, expected: Option<&str>, from: Option<Stop>) -> Error {
    let shown = |zone: Option<&str>| zone.map_or_else(|| "no zone".to_owned(), |zone| format!("zone {zone}"));
    let from = from.map(|stop| stop.id);
    let message =
        format!("{method}: expected the worktree in {}, it is in {}", shown(expected), shown(from.as_deref()));
    let facts = Field::new(method, "expectedZoneId").behind(EXPECTED_AT).facts();
    Error::Coded { code: "ERR_CONFLICT", message }.about(Facts { current: Some(Current::Text(from)), ..facts })
}

impl crate::engine::Moves for Store {
    fn move_worktree(&self, method: &'static str, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()> {
        self.check_moves()?;
        let of = Wish::given(method, given)?;
        self.atomically(|| self.undoable(&WORKTREE, of.worktree, || self.drop_worktree(of, now as i64, batch)))
    }

    fn fold_moves(&self) -> Result<()> {
        self.check_moves()?;
        self.fold_unread()
    }

    fn list_moves(
        &self,
        filter: &crate::engine::MoveFilter<'_>,
        after: i64,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_moves()?;
        self.in_snapshot(|| {
            let _busy = self.connection.enter();
            self.latest_moves(filter, after, most, batch)
        })
    }

    fn flow(&self, asked: &crate::engine::FlowFilter, batch: &mut Batch) -> Result<()> {
        self.check_moves()?;
        self.push_flow(asked, batch)
    }
}
