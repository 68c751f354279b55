//! What a drop was given, how it is refused, and a move's row on its way out: the same on each engine.

use serde_json::Value;

use crate::error::{Current, Error, Facts, Position, Result};
use crate::model::entity::{Changes, Edit};
use crate::model::ledger::{Move, Stop};
use crate::model::{Field, Given, WORKTREE, json, rules, time};
use crate::rows::Batch;

/// What `moveWorktree` was given.
pub struct Wish<'a> {
    /// By which method.
    pub method: &'static str,
    /// Which worktree.
    pub worktree: &'a str,
    /// Into which zone; `None` is out of its own.
    pub zone: Option<&'a str>,
    /// Where it is to stand.
    pub position: Changes<'a>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Where it is expected to be now; `None` is anywhere.
    pub expected: Option<Expected<'a>>,
    /// Whether the zone's limit is passed over.
    pub force: bool,
    /// What prompts may name, where a run is wanted for each agent of the zone.
    pub variables: Option<Value>,
}

/// The zone in which a worktree is expected; `None` is in none.
pub struct Expected<'a>(pub Option<&'a str>);

/// The index of the zone among the arguments.
pub const ZONE_AT: usize = 1;
/// The indexes of the others; y comes behind x.
const X_AT: usize = 2;
const REASON_AT: usize = 4;
const EXPECTED_AT: usize = 5;
const FORCE_AT: usize = 6;
const VARIABLES_AT: usize = 7;

/// What `overLimit` must be.
const OVER_LIMIT: &str = "'reject' or 'force'";

impl<'a> Wish<'a> {
    /// Reads what was given.
    ///
    /// # Errors
    /// The model's for a value.
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

/// What the agents of a zone are called: each is a string, or an object with `type` or `name`.
///
/// # Errors
/// A `TypeError` for one that has no name.
pub fn agents<'a>(method: &'static str, zone_id: &str, agents: &'a Value) -> Result<Vec<&'a str>> {
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

/// That a worktree is not where it was expected.
#[must_use]
pub fn elsewhere(method: &'static str, expected: Option<&str>, from: Option<Stop>) -> Error {
    let shown = |zone: Option<&str>| zone.map_or_else(|| "no zone".to_owned(), |zone| format!("zone {zone}"));
    let from = from.map(|stop| stop.id);
    let message =
        format!("{method}: expected the worktree in {}, it is in {}", shown(expected), shown(from.as_deref()));
    let facts = Field::new(method, "expectedZoneId").behind(EXPECTED_AT).facts();
    Error::Coded { code: "ERR_CONFLICT", message }.about(Facts { current: Some(Current::Text(from)), ..facts })
}

/// That a zone has as many worktrees as its limit allows.
#[must_use]
pub fn full(method: &'static str, zone: &str, there: i64, most: i64) -> Error {
    let message =
        format!("{method}: zone {zone} has {there} worktrees, its limit is {most}; overLimit: 'force' passes it over");
    let facts = Field::new(method, "zoneId").behind(ZONE_AT).facts();
    Error::Coded { code: "ERR_WIP_LIMIT", message }.about(Facts { current: Some(Current::Number(there)), ..facts })
}

/// Appends the cells of a move: id, worktree, from, to, at, by, reason, branch, names of from and to.
pub fn push_move(batch: &mut Batch, of: &Move) {
    let text = |batch: &mut Batch, text: Option<&str>| match text {
        Some(text) => batch.push_text(text.as_bytes()),
        None => batch.push_null(),
    };
    text(batch, Some(&id(of)));
    text(batch, Some(&of.worktree_id));
    for stop in [&of.from, &of.to] {
        text(batch, stop.as_ref().map(|stop| stop.id.as_str()));
    }
    text(batch, Some(&time::iso(of.at as f64)));
    text(batch, of.by.as_deref());
    text(batch, of.reason.as_deref());
    text(batch, Some(&of.branch_name));
    for stop in [&of.from, &of.to] {
        text(batch, stop.as_ref().map(|stop| stop.name.as_str()));
    }
}

/// The id of a move: the same before it is folded into the ledger and after.
fn id(of: &Move) -> String {
    let Move { seq, stamp, nth, .. } = of;
    if *nth == 0 { format!("{seq}-{stamp:x}") } else { format!("{seq}-{stamp:x}-{nth}") }
}
