//! Who writes.

use std::rc::Rc;

use crate::binding::connection::{handle, illegal};
use crate::binding::js::{Call, JsResult, Value};
use crate::binding::state::{Native, State};

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[("actAs", act_as)];

/// `actAs(connection, JSON)` gives the same connection for somebody who is named with what they write.
fn act_as(_: &State, call: &Call) -> JsResult<Value> {
    let by = call.env.to_string(call.argument(1))?;
    let seen = handle(call)?.seen_by(&by).ok_or_else(illegal)?;
    call.env.external(Rc::new(seen))
}
