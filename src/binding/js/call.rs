//! Calls from JavaScript and to it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use super::{Env, ErrorClasses, External, Failure, JsResult, Value, ok};
use crate::error::Error;

// SAFETY (for every block in this impl): see `Env`.
impl Env {
    /// Calls a function with `undefined` as `this`.
    pub fn call(self, function: Value, arguments: &[Value]) -> JsResult<Value> {
        let mut result = ptr::null_mut();
        // SAFETY: see above; a `Value` is a `napi_value` and nothing else (a newtype of one field).
        ok(unsafe {
            let count = arguments.len();
            let arguments = arguments.as_ptr().cast::<sys::napi_value>();
            sys::napi_call_function(self.0, self.undefined().0, function.0, count, arguments, &raw mut result)
        })?;
        Ok(Value(result))
    }

    /// Whether an exception is waiting to be thrown.
    pub fn is_exception_pending(self) -> bool {
        let mut pending = false;
        // SAFETY: see above.
        unsafe { sys::napi_is_exception_pending(self.0, &raw mut pending) };
        pending
    }

    /// Throws why a call failed; `call` has the caller's values.
    pub(super) fn throw(self, failure: Failure, classes: Option<&ErrorClasses>, call: Option<&Call>) {
        // A user function's own exception comes first: it is why SQLite reported an error.
        if self.is_exception_pending() {
            return;
        }
        let error = match failure {
            Failure::Error(error) => error,
            // Throwing does nothing where JavaScript can't run any more.
            Failure::Pending => Error::internal("a call failed without an exception"),
        };
        match classes {
            Some(classes) => classes.throw(&error, call),
            None => self.throw_without_classes(&error),
        }
    }
}

/// How many arguments a call of this addon has at most, but for statements with more parameters.
pub const ARGUMENTS: usize = 16;

/// A running call: its environment, its arguments and the data of its function.
pub struct Call {
    /// The environment.
    pub env: Env,
    few: [sys::napi_value; ARGUMENTS],
    many: Vec<sys::napi_value>,
    count: usize,
}

impl Call {
    /// How many arguments it has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// An argument; `undefined` where there is none.
    pub fn argument(&self, index: usize) -> Value {
        let values: &[_] = if self.many.is_empty() { &self.few } else { &self.many };
        values.get(index).copied().filter(|_| index < self.count).map_or_else(|| self.env.undefined(), Value)
    }

    /// The data in an argument that is an external of this addon; `None` for anything else.
    pub fn external<T: External>(&self, index: usize) -> Option<&T> {
        // SAFETY: the argument keeps it alive for as long as the call, which the reference doesn't outlive.
        unsafe { self.env.external_data::<T>(self.argument(index))?.as_ref() }
    }
}

/// Runs the body of a callback: reads the arguments, catches a panic, returns the value or throws. Every failure is
/// thrown: one that were not would be the value `undefined`.
///
/// # Safety
/// Called by Node-API's callback with what it was given; `T` is what the function was made with.
pub unsafe fn dispatch<T>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    classes: impl FnOnce(&T) -> Option<&ErrorClasses>,
    body: impl FnOnce(&Call, &T) -> JsResult<Value>,
) -> sys::napi_value {
    let mut call = Call { env: Env(env), few: [ptr::null_mut(); ARGUMENTS], many: Vec::new(), count: ARGUMENTS };
    let mut data = ptr::null_mut();
    // SAFETY: as the caller promises; the arrays have the room that is told.
    let data = unsafe {
        sys::napi_get_cb_info(env, info, &raw mut call.count, call.few.as_mut_ptr(), ptr::null_mut(), &raw mut data);
        if call.count > ARGUMENTS {
            call.many = vec![ptr::null_mut(); call.count];
            let many = call.many.as_mut_ptr();
            sys::napi_get_cb_info(env, info, &raw mut call.count, many, ptr::null_mut(), ptr::null_mut());
        }
        &*data.cast::<T>()
    };
    match caught(|| body(&call, data)) {
        Ok(value) => value.0,
        Err(failure) => {
            call.env.throw(failure, classes(data), Some(&call));
            ptr::null_mut()
        }
    }
}

/// Runs a body; a panic must not cross into JavaScript.
pub(super) fn caught<T>(body: impl FnOnce() -> JsResult<T>) -> JsResult<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(Error::internal("the code panicked").into()))
}
