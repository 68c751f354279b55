//! From a callback of Node-API to a function of ours and back: every failure is thrown.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use super::{Call, Env, ErrorClasses, Failure, JsResult, Value};
use crate::error::Error;

impl Env {
    /// Throws a call's failure; `call` has the caller's values.
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

/// Runs the body of a callback: reads the arguments, catches a panic, returns the value or throws. Every failure is thrown: else
/// the result would be `undefined`.
///
/// # Safety
/// `env` and `info` are what Node-API called the callback with; `T` is the data that the function was made with.
pub unsafe fn dispatch<T>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    classes: impl FnOnce(&T) -> Option<&ErrorClasses>,
    body: impl FnOnce(&Call, &T) -> JsResult<Value>,
) -> sys::napi_value {
    let mut call = Call::unread(env);
    // SAFETY: `info` is this callback's and its data is a `T`, as the caller promises; the data outlives JavaScript (`Env::function`).
    let data = unsafe { &*call.read(info).cast::<T>() };
    match caught(|| body(&call, data)) {
        Ok(value) => value.0,
        Err(failure) => {
            call.env.throw(failure, classes(data), Some(&call));
            ptr::null_mut()
        }
    }
}

/// Runs a body; a panic becomes an error, since it must not cross into JavaScript.
pub(super) fn caught<T>(body: impl FnOnce() -> JsResult<T>) -> JsResult<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(Error::internal("the code panicked").into()))
}
