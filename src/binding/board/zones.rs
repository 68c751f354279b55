//! Zones.

use super::call::{nothing, read, read_row, row};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};
use crate::model::time;

pub const FUNCTIONS: &[(&str, Native)] = &[
    ("createZone", create_zone),
    ("getZone", get_zone),
    ("listZones", list_zones),
    ("updateZone", update_zone),
    ("deleteZone", delete_zone),
];

fn create_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| engine.create_zone(given.rest(1), &time::iso(given.number(0)?), batch))
}

fn get_zone(state: &State, call: &Call) -> JsResult<Value> {
    read_row(state, call, |engine, given, batch| engine.get_zone(given.get(0), batch))
}

fn list_zones(state: &State, call: &Call) -> JsResult<Value> {
    read(state, call, |engine, _, batch| engine.list_zones(batch))
}

fn update_zone(state: &State, call: &Call) -> JsResult<Value> {
    row(state, call, |engine, given, batch| {
        engine.update_zone(given.get(1), given.rest(2), &time::iso(given.number(0)?), batch)
    })
}

fn delete_zone(state: &State, call: &Call) -> JsResult<Value> {
    nothing(state, call, 2, |engine, given| engine.delete_zone(given.get(1)))
}
