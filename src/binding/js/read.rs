//! Reading values: their kind, and their content.

use std::ptr;

use napi::sys;

use super::{Env, JsResult, Kind, Value, ok};
use crate::error::Error;

/// A status as a result. A value of another type is an error: this package's own JavaScript checks what callers give, so
/// somebody else has called an internal function.
fn read(status: sys::napi_status) -> JsResult<()> {
    let expected = match status {
        sys::Status::napi_string_expected => "a string",
        sys::Status::napi_number_expected => "a number",
        sys::Status::napi_boolean_expected => "a boolean",
        other => return ok(other),
    };
    Err(Error::Type(format!("Expected {expected}")).into())
}

impl Env {
    pub fn kind(self, value: Value) -> Kind {
        let mut kind = 0;
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_typeof(self.0, value.0, &raw mut kind) };
        match kind {
            sys::ValueType::napi_null => Kind::Null,
            sys::ValueType::napi_boolean => Kind::Boolean,
            sys::ValueType::napi_number => Kind::Number,
            sys::ValueType::napi_string => Kind::String,
            sys::ValueType::napi_symbol => Kind::Symbol,
            sys::ValueType::napi_object => Kind::Object,
            sys::ValueType::napi_function => Kind::Function,
            sys::ValueType::napi_external => Kind::External,
            sys::ValueType::napi_bigint => Kind::Bigint,
            _ => Kind::Undefined,
        }
    }

    /// A number's value; an error for anything else.
    pub fn to_f64(self, value: Value) -> JsResult<f64> {
        let mut number = 0.0;
        // SAFETY: the environment and the values are the running call's.
        read(unsafe { sys::napi_get_value_double(self.0, value.0, &raw mut number) })?;
        Ok(number)
    }

    /// A number's value as a 32-bit integer; an error for anything else.
    pub fn to_i32(self, value: Value) -> JsResult<i32> {
        let mut number = 0;
        // SAFETY: the environment and the values are the running call's.
        read(unsafe { sys::napi_get_value_int32(self.0, value.0, &raw mut number) })?;
        Ok(number)
    }

    /// A boolean's value; an error for anything else.
    pub fn to_bool(self, value: Value) -> JsResult<bool> {
        let mut boolean = false;
        // SAFETY: the environment and the values are the running call's.
        read(unsafe { sys::napi_get_value_bool(self.0, value.0, &raw mut boolean) })?;
        Ok(boolean)
    }

    /// A `BigInt`'s value, if it fits.
    pub fn to_i64(self, value: Value) -> Option<i64> {
        let (mut integer, mut lossless) = (0, false);
        // SAFETY: the environment and the values are the running call's.
        unsafe { sys::napi_get_value_bigint_int64(self.0, value.0, &raw mut integer, &raw mut lossless) };
        lossless.then_some(integer)
    }

    /// Appends a string, with U+FFFD for lone surrogates.
    pub fn append_string(self, value: Value, text: &mut String) -> JsResult<()> {
        const GUESS: usize = 1024;
        let mut buffer = std::mem::take(text).into_bytes();
        let start = buffer.len();
        buffer.reserve(GUESS);
        let mut room = buffer.capacity() - start;
        let mut written = 0;
        // SAFETY: the environment and the values are the running call's; at most `room` bytes are written behind `start`, a NUL among them.
        read(unsafe {
            let at = buffer.as_mut_ptr().add(start).cast();
            sys::napi_get_value_string_utf8(self.0, value.0, at, room, &raw mut written)
        })?;
        // A character takes up to four bytes and is never cut: only if the end is that close may some be missing.
        if written + 5 > room {
            let mut length = 0;
            // SAFETY: the environment and the values are the running call's; without a buffer only the length is written.
            read(unsafe { sys::napi_get_value_string_utf8(self.0, value.0, ptr::null_mut(), 0, &raw mut length) })?;
            buffer.reserve(length + 1);
            room = buffer.capacity() - start;
            // SAFETY: the environment and the values are the running call's; now there is room for all bytes and a NUL.
            read(unsafe {
                let at = buffer.as_mut_ptr().add(start).cast();
                sys::napi_get_value_string_utf8(self.0, value.0, at, room, &raw mut written)
            })?;
        }
        // SAFETY: the buffer has room for `written` bytes behind `start`, and Node-API has written them.
        unsafe { buffer.set_len(start + written) };
        if std::str::from_utf8(&buffer[start..]).is_err() {
            let repaired = String::from_utf8_lossy(&buffer[start..]).into_owned();
            buffer.truncate(start);
            buffer.extend_from_slice(repaired.as_bytes());
        }
        // SAFETY: the text before `start` was a `String`'s, and what is behind it has just been checked or repaired.
        *text = unsafe { String::from_utf8_unchecked(buffer) };
        Ok(())
    }

    /// A string.
    pub fn to_string(self, value: Value) -> JsResult<String> {
        let mut text = String::new();
        self.append_string(value, &mut text)?;
        Ok(text)
    }

    /// The bytes of a `Uint8Array` (a `Buffer` is one); `None` for anything else.
    pub fn to_bytes(self, value: Value) -> Option<Vec<u8>> {
        let mut is_typed = false;
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment and the values are the running call's; the bytes are copied before JavaScript can run again.
        unsafe {
            if sys::napi_is_typedarray(self.0, value.0, &raw mut is_typed) != sys::Status::napi_ok || !is_typed {
                return None;
            }
            ok(sys::napi_get_typedarray_info(
                self.0,
                value.0,
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                &raw mut buffer,
                &raw mut offset,
            ))
            .ok()?;
            if kind != sys::TypedarrayType::uint8_array {
                return None;
            }
            if data.is_null() || length == 0 {
                return Some(Vec::new());
            }
            Some(std::slice::from_raw_parts(data.cast::<u8>(), length).to_vec())
        }
    }

    /// An object's kind with an article, for an error.
    pub fn describe(self, value: Value) -> &'static str {
        let (mut is_array, mut is_date) = (false, false);
        // SAFETY: the environment and the values are the running call's.
        unsafe {
            sys::napi_is_array(self.0, value.0, &raw mut is_array);
            sys::napi_is_date(self.0, value.0, &raw mut is_date);
        }
        if is_array {
            "an array"
        } else if is_date {
            "a Date"
        } else {
            "an object"
        }
    }

    /// An element of an array.
    pub fn element(self, value: Value, index: u32) -> JsResult<Value> {
        let mut element = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_get_element(self.0, value.0, index, &raw mut element) })?;
        Ok(Value(element))
    }
}
