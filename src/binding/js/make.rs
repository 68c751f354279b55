//! Making values.

use std::ffi::c_void;
use std::ptr;

use napi::sys;

use super::{Env, Failure, JsResult, Value, ok};
use crate::error::Error;

/// A callback as Node-API calls it.
pub type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

impl Env {
    /// `undefined`.
    pub fn undefined(self) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_get_undefined(self.0, &raw mut value) };
        Value(value)
    }

    /// `null`.
    pub fn null(self) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_get_null(self.0, &raw mut value) };
        Value(value)
    }

    /// A boolean.
    pub fn boolean(self, boolean: bool) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_get_boolean(self.0, boolean, &raw mut value) };
        Value(value)
    }

    /// A number.
    pub fn number(self, number: f64) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_double(self.0, number, &raw mut value) })?;
        Ok(Value(value))
    }

    /// A `BigInt`.
    pub fn bigint(self, integer: i64) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_bigint_int64(self.0, integer, &raw mut value) })?;
        Ok(Value(value))
    }

    /// A string from UTF-8. Invalid UTF-8 becomes U+FFFD.
    pub fn string(self, utf8: &[u8]) -> JsResult<Value> {
        if utf8.is_ascii() {
            return self.latin1(utf8);
        }
        self.new_string(utf8.len(), |length, value| {
            // SAFETY: the environment and the values are the running call's; `utf8` has `length` bytes.
            unsafe { sys::napi_create_string_utf8(self.0, utf8.as_ptr().cast(), length, value) }
        })
    }

    /// A string.
    pub fn text(self, text: &str) -> JsResult<Value> {
        self.string(text.as_bytes())
    }

    /// A string from UTF-16.
    pub fn utf16(self, utf16: &[u16]) -> JsResult<Value> {
        self.new_string(utf16.len(), |length, value| {
            // SAFETY: the environment and the values are the running call's; `utf16` has `length` units.
            unsafe { sys::napi_create_string_utf16(self.0, utf16.as_ptr(), length, value) }
        })
    }

    fn new_string(
        self,
        length: usize,
        make: impl FnOnce(isize, *mut sys::napi_value) -> sys::napi_status,
    ) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        if make(isize::try_from(length).unwrap_or(isize::MAX), &raw mut value) == sys::Status::napi_ok {
            return Ok(Value(value));
        }
        if self.is_exception_pending() {
            return Err(Failure::Pending);
        }
        Err(Error::Range(format!("A string of {length} bytes is longer than JavaScript's strings can be")).into())
    }

    /// A `Buffer` with a copy of these bytes.
    pub fn buffer(self, bytes: &[u8]) -> JsResult<Value> {
        let (mut value, mut data) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment and the values are the running call's; Node-API copies the bytes, of which there may be none.
        ok(unsafe {
            sys::napi_create_buffer_copy(self.0, bytes.len(), bytes.as_ptr().cast(), &raw mut data, &raw mut value)
        })?;
        Ok(Value(value))
    }

    /// An array of these values.
    pub fn array(self, values: impl ExactSizeIterator<Item = JsResult<Value>>) -> JsResult<Value> {
        let mut array = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_array_with_length(self.0, values.len(), &raw mut array) })?;
        for (index, value) in values.enumerate() {
            // SAFETY: the environment and the values are the running call's.
            ok(unsafe { sys::napi_set_element(self.0, array, index as u32, value?.0) })?;
        }
        Ok(Value(array))
    }

    /// Zeroed memory that JavaScript sees, too, and its address, which is valid as long as the `ArrayBuffer` lives.
    pub fn array_buffer(self, length: usize) -> JsResult<(Value, *mut u8)> {
        let (mut value, mut data) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_arraybuffer(self.0, length, &raw mut data, &raw mut value) })?;
        Ok((Value(value), data.cast()))
    }

    /// An empty object.
    pub fn object(self) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_create_object(self.0, &raw mut value) })?;
        Ok(Value(value))
    }

    /// An object of napi-rs as a value.
    pub fn of_object(object: &napi::bindgen_prelude::Object<'_>) -> Value {
        Value(napi::JsValue::raw(object))
    }

    /// Makes a function of a callback; every call gets `data`.
    ///
    /// # Safety
    /// `data` lives as long as JavaScript runs in this environment.
    pub unsafe fn function(self, callback: Callback, data: *const c_void) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is the running call's; `data` lives long enough, as the caller promises.
        ok(unsafe {
            sys::napi_create_function(self.0, ptr::null(), 0, Some(callback), data.cast_mut(), &raw mut value)
        })?;
        Ok(Value(value))
    }

    /// Makes a function of a callback that needs no data.
    pub fn static_function(self, callback: Callback) -> JsResult<Value> {
        static NOTHING: () = ();
        // SAFETY: a static lives as long as anything.
        unsafe { self.function(callback, ptr::from_ref(&NOTHING).cast()) }
    }

    /// Sets a property of an object.
    pub fn set(self, object: Value, name: &str, value: Value) -> JsResult<()> {
        let name = self.text(name)?;
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_set_property(self.0, object.0, name.0, value.0) })
    }

    /// A string from Latin-1.
    pub fn latin1(self, latin1: &[u8]) -> JsResult<Value> {
        self.new_string(latin1.len(), |length, value| {
            // SAFETY: the environment and the values are the running call's; `latin1` has `length` bytes.
            unsafe { sys::napi_create_string_latin1(self.0, latin1.as_ptr().cast(), length, value) }
        })
    }
}
