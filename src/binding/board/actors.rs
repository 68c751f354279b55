//! Signing what is written.

use std::rc::Rc;

use crate::binding::connection::{handle, illegal};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

pub const FUNCTIONS: &[(&str, Native)] = &[("actAs", act_as)];

/// `actAs(connection, JSON)`: the same connection for an actor, who signs what is written by it.
fn act_as(_: &State, call: &Call) -> JsResult<Value> {
    let by = call.env.to_string(call.argument(1))?;
    let seen = handle(call)?.seen_by(&by).ok_or_else(illegal)?;
    call.env.external(Rc::new(seen))
}
