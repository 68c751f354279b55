//! Calls from JavaScript and to it.

use std::ffi::c_void;
use std::ptr;

use napi::sys;

use super::{Env, External, JsResult, Value, ok};

impl Env {
    /// Calls a function with `undefined` as `this`.
    pub fn call(self, function: Value, arguments: &[Value]) -> JsResult<Value> {
        let mut result = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's; a `Value` is a `napi_value` and nothing else (a newtype of one field).
        ok(unsafe {
            let count = arguments.len();
            let arguments = arguments.as_ptr().cast::<sys::napi_value>();
            sys::napi_call_function(self.0, self.undefined().0, function.0, count, arguments, &raw mut result)
        })?;
        Ok(Value(result))
    }

    /// Whether an exception is pending.
    pub fn is_exception_pending(self) -> bool {
        let mut pending = false;
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_is_exception_pending(self.0, &raw mut pending) };
        pending
    }
}

/// How many arguments have room in the call itself, and how many are decoded at most; bulk calls and statements may have more.
pub const ARGUMENTS: usize = 20;

/// How many arguments most reads have at most.
const OF_READS: usize = 4;

/// A running call: its environment, its arguments and the data of its function.
pub struct Call {
    /// The environment.
    pub env: Env,
    few: [sys::napi_value; ARGUMENTS],
    many: Vec<sys::napi_value>,
    count: usize,
}

impl Call {
    /// A call that nothing was read of yet: it is filled in place, since moving it takes a tenth of a short call.
    pub(super) const fn unread(env: sys::napi_env) -> Self {
        Self { env: Env(env), few: [ptr::null_mut(); ARGUMENTS], many: Vec::new(), count: 0 }
    }

    /// Reads the arguments of a callback; returns the data that its function was made with.
    ///
    /// # Safety
    /// `info` is what Node-API calls the callback with, in the environment of this call.
    pub(super) unsafe fn read(&mut self, info: sys::napi_callback_info) -> *mut c_void {
        let mut data = ptr::null_mut();
        // SAFETY: `info` is of this call, as the caller promises; both arrays have the room that Node-API is told.
        let mut get = |room: usize, values: *mut sys::napi_value| unsafe {
            self.count = room;
            let env = self.env.0;
            sys::napi_get_cb_info(env, info, &raw mut self.count, values, ptr::null_mut(), &raw mut data);
            self.count
        };
        // Node-API fills all the room that it is told of, and reads need little.
        let count = get(OF_READS, self.few.as_mut_ptr());
        if count > ARGUMENTS {
            self.many = vec![ptr::null_mut(); count];
            get(count, self.many.as_mut_ptr());
        } else if count > OF_READS {
            get(count, self.few.as_mut_ptr());
        }
        data
    }

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
