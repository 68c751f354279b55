//! Values that live longer than a call, and values that live shorter.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use super::{Env, JsResult, Value, ok};
use crate::error::Error;

/// A value that stays alive between calls, until it is dropped.
pub struct Reference {
    env: Env,
    raw: sys::napi_ref,
}

impl Reference {
    /// The value.
    pub fn value(&self) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the reference exists until this is dropped, and is of this environment.
        ok(unsafe { sys::napi_get_reference_value(self.env.0, self.raw, &raw mut value) })?;
        if value.is_null() { Err(Error::internal("a reference is empty").into()) } else { Ok(Value(value)) }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: the environment still lives: this is dropped by a call, a finaliser or the cleanup hook.
        unsafe { sys::napi_delete_reference(self.env.0, self.raw) };
    }
}

impl Env {
    /// Keeps an object or function alive.
    pub fn reference(self, value: Value) -> JsResult<Reference> {
        let mut raw = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_reference(self.0, value.0, 1, &raw mut raw) })?;
        Ok(Reference { env: self, raw })
    }

    /// Runs `hook` once when the environment ends.
    pub fn at_end<T>(self, data: Box<T>) {
        extern "C" fn end<T>(data: *mut c_void) {
            // SAFETY: the box was made by the caller and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_add_env_cleanup_hook(self.0, Some(end::<T>), Box::into_raw(data).cast()) };
    }

    /// Runs `body` in a scope of its own, so that its values don't pile up in a long loop.
    ///
    /// # Safety
    /// No value that is made in `body` is used after it: it neither returns one nor puts one anywhere.
    pub unsafe fn scoped<T>(self, body: impl FnOnce() -> T) -> T {
        let mut scope = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's; `scope` stays null where it can't be opened.
        unsafe { sys::napi_open_handle_scope(self.0, &raw mut scope) };
        let _closes = Scope { env: self, scope };
        body()
    }
}

/// An open scope. A panic closes it, too: Node ends the process if one stays open after a call.
struct Scope {
    env: Env,
    scope: sys::napi_handle_scope,
}

impl Drop for Scope {
    fn drop(&mut self) {
        if !self.scope.is_null() {
            // SAFETY: this scope was opened in this environment, and `scoped` nests: of the open scopes the last one is closed first.
            unsafe { sys::napi_close_handle_scope(self.env.0, self.scope) };
        }
    }
}
