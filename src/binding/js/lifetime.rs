//! What lives longer than a call, and what lives shorter.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use super::{Env, Failure, JsResult, Value, ok};

/// A value that stays alive between calls, until it is dropped.
pub struct Reference {
    env: Env,
    raw: sys::napi_ref,
}

impl Reference {
    /// The value.
    pub fn value(&self) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the reference lives until it is dropped.
        ok(unsafe { sys::napi_get_reference_value(self.env.0, self.raw, &raw mut value) })?;
        if value.is_null() { Err(Failure::Pending) } else { Ok(Value(value)) }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: dropped while the environment lives: by a call, a finaliser or the cleanup hook.
        unsafe { sys::napi_delete_reference(self.env.0, self.raw) };
    }
}

// SAFETY (for every block in this impl): see `Env`.
impl Env {
    /// Keeps an object or function alive.
    pub fn reference(self, value: Value) -> JsResult<Reference> {
        let mut raw = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_reference(self.0, value.0, 1, &raw mut raw) })?;
        Ok(Reference { env: self, raw })
    }

    /// A value that only this addon can look into; `data` is dropped when it is collected.
    pub fn external<T>(self, data: T) -> JsResult<Value> {
        extern "C" fn finalize<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
            // SAFETY: the box was made below and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        let mut value = ptr::null_mut();
        let data = Box::into_raw(Box::new(data));
        // SAFETY: see above; where the value can't be made, nobody else has the box.
        unsafe {
            let status =
                sys::napi_create_external(self.0, data.cast(), Some(finalize::<T>), ptr::null_mut(), &raw mut value);
            if status != sys::Status::napi_ok {
                drop(Box::from_raw(data));
                return Err(Failure::Pending);
            }
        }
        Ok(Value(value))
    }

    /// Looks into such a value.
    ///
    /// # Safety
    /// All externals that reach this addon were made with the same `T`, and the value is an argument of the call that
    /// the reference doesn't outlive.
    pub unsafe fn data<'a, T>(self, value: Value) -> Option<&'a T> {
        let mut data = ptr::null_mut();
        // SAFETY: see above, and as the caller promises.
        unsafe {
            let status = sys::napi_get_value_external(self.0, value.0, &raw mut data);
            if status == sys::Status::napi_ok { data.cast::<T>().as_ref() } else { None }
        }
    }

    /// Runs `hook` once when the environment ends.
    pub fn at_end<T>(self, data: Box<T>) {
        extern "C" fn end<T>(data: *mut c_void) {
            // SAFETY: the box was made by the caller and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        // SAFETY: see above.
        unsafe { sys::napi_add_env_cleanup_hook(self.0, Some(end::<T>), Box::into_raw(data).cast()) };
    }

    /// Runs `body` in a scope of its own, so that its values don't pile up in a long loop.
    pub fn scoped<T>(self, body: impl FnOnce() -> T) -> T {
        let mut scope = ptr::null_mut();
        // SAFETY: see above; no value of the inner scope leaves `body`, whose callers return none.
        unsafe {
            let opened = sys::napi_open_handle_scope(self.0, &raw mut scope) == sys::Status::napi_ok;
            let result = body();
            if opened {
                sys::napi_close_handle_scope(self.0, scope);
            }
            result
        }
    }
}
