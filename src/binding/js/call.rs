//! Calls from JavaScript and to it, and what is thrown.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use super::{Env, JsResult, Value, ok};
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

    /// Throws what went wrong as its JavaScript class.
    pub fn throw(self, error: &Error, sqlite_error: Option<Value>) {
        // A failure to make the error leaves an exception pending or means that JavaScript can't run any more.
        let _ = self.try_throw(error, sqlite_error);
    }

    fn try_throw(self, error: &Error, sqlite_error: Option<Value>) -> JsResult<()> {
        let message = self.text(error.message())?;
        let none = ptr::null_mut();
        let mut thrown = ptr::null_mut();
        // SAFETY: see above; a code that is null is none.
        unsafe {
            ok(match error {
                Error::Type(_) => sys::napi_create_type_error(self.0, none, message.0, &raw mut thrown),
                Error::Range(_) => sys::napi_create_range_error(self.0, none, message.0, &raw mut thrown),
                Error::Plain(_) => sys::napi_create_error(self.0, none, message.0, &raw mut thrown),
                Error::Coded { code, .. } => {
                    sys::napi_create_error(self.0, self.text(code)?.0, message.0, &raw mut thrown)
                }
                Error::Sqlite { code, .. } => {
                    let name = crate::engine::sqlite::driver::code::name(*code)
                        .map_or_else(|| format!("UNKNOWN_SQLITE_ERROR_{code}"), str::to_string);
                    let name = self.text(&name)?;
                    match sqlite_error {
                        Some(class) => {
                            let arguments = [message.0, name.0];
                            sys::napi_new_instance(self.0, class.0, 2, arguments.as_ptr(), &raw mut thrown)
                        }
                        None => sys::napi_create_error(self.0, name.0, message.0, &raw mut thrown),
                    }
                }
            })?;
            ok(sys::napi_throw(self.0, thrown))
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
}

/// Runs the body of a callback: reads the arguments, catches a panic, returns the value or `undefined` after a throw.
///
/// # Safety
/// Called by Node-API's callback with what it was given; `T` is what the function was made with.
pub unsafe fn dispatch<T>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: impl FnOnce(&Call, &T) -> Option<Value>,
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
    if let Ok(value) = catch_unwind(AssertUnwindSafe(|| body(&call, data))) {
        value.map_or(ptr::null_mut(), |value| value.0)
    } else {
        call.env.throw(&Error::Plain("visual-db: an internal error; please report it".into()), None);
        ptr::null_mut()
    }
}
