//! What generated functions (napi-rs) take, and how they fail: as the raw callbacks do.

use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, Unknown};
use napi::{Status, ValueType, sys};

use super::dispatch::caught;
use super::{Env, ErrorClasses, External, JsResult, Value};
use crate::error::Error;

/// An argument that has to be an external of this addon. The function's body refuses anything else, since napi-rs would throw an
/// error of its own.
pub struct Argument<'call, T> {
    /// The environment.
    pub env: Env,
    /// Its data; `None` where it is something else.
    pub data: Option<&'call T>,
}

impl<T: External> FromNapiValue for Argument<'_, T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let env = Env(env);
        // SAFETY: the value is an argument, which keeps the data alive for as long as the call, and napi-rs drops what it
        // made of an argument when the call ends.
        let data = unsafe { env.external_data::<T>(Value(value)).and_then(|data| data.as_ref()) };
        Ok(Self { env, data })
    }
}

impl FromNapiValue for Value {
    unsafe fn from_napi_value(_: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        Ok(Self(value))
    }
}

impl ToNapiValue for Value {
    unsafe fn to_napi_value(_: sys::napi_env, value: Self) -> napi::Result<sys::napi_value> {
        Ok(value.0)
    }
}

impl TypeName for Value {
    fn type_name() -> &'static str {
        "unknown"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

/// Runs the body of a function that napi-rs generates. A failure is thrown here, as an error of one of the classes; the result only
/// tells napi-rs so.
pub fn answer<T>(env: Env, classes: Option<&ErrorClasses>, body: impl FnOnce() -> JsResult<T>) -> napi::Result<T> {
    caught(body).map_err(|failure| {
        env.throw(failure, classes, None);
        napi::Error::new(Status::PendingException, String::new())
    })
}

impl ErrorClasses {
    /// The error that a promise is rejected with.
    pub fn rejection(&self, error: &Error) -> napi::Error {
        match self.made(error) {
            // SAFETY: the value was just made in this environment, and is used before its scope ends.
            Ok(value) => unsafe { Unknown::from_raw_unchecked(self.env.0, value.0) }.into(),
            // JavaScript can't run any more.
            Err(_) => napi::Error::new(Status::PendingException, String::new()),
        }
    }
}
