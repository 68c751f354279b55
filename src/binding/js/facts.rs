//! What programs can test about an error, as its properties.

use std::ptr;

use napi::sys;

use super::{Call, Env, ErrorClasses, JsResult, Value, ok};
use crate::error::{Current, Facts, Position};

impl ErrorClasses {
    /// Sets an error's facts on it; `call` has the caller's values.
    pub(super) fn tell(&self, error: Value, facts: &Facts, call: &Call) -> JsResult<()> {
        let env = self.env;
        let texts =
            [("code", facts.code), ("method", Some(facts.method)), ("field", facts.field), ("hint", facts.hint)];
        for (name, text) in texts {
            if let Some(text) = text {
                env.set(error, name, env.text(text)?)?;
            }
        }
        if let Some(current) = &facts.current {
            let current = match current {
                Current::Number(number) => env.number(*number as f64)?,
                Current::Text(Some(text)) => env.text(text)?,
                Current::Text(None) => env.null(),
            };
            env.set(error, "current", current)?;
        }
        if !facts.missing.is_empty() {
            env.set(error, "missing", self.list(&facts.missing)?)?;
        }
        let Some(Position(index)) = facts.value else { return Ok(()) };
        env.set_hidden(error, "value", call.argument(index))
    }
}

impl Env {
    /// Sets a property that isn't shown with the object: the caller's value may be long, or private.
    fn set_hidden(self, object: Value, name: &str, value: Value) -> JsResult<()> {
        let property = sys::napi_property_descriptor {
            utf8name: ptr::null(),
            name: self.text(name)?.0,
            method: None,
            getter: None,
            setter: None,
            value: value.0,
            attributes: sys::PropertyAttributes::writable | sys::PropertyAttributes::configurable,
            data: ptr::null_mut(),
        };
        // SAFETY: the environment and the values are the running call's; one property is given.
        ok(unsafe { sys::napi_define_properties(self.0, object.0, 1, &raw const property) })
    }
}
