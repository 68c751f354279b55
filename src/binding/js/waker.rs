//! Calls to JavaScript from other threads.

use napi::bindgen_prelude::FromNapiValue;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use super::{Env, JsResult, Kind, Value};
use crate::error::Error;

/// Calls a function of JavaScript with a number, from any thread. It keeps the process alive. Once there was one, napi-rs keeps this
/// library loaded for good, so that a thread may outlive the environment that began it.
pub struct Waker(ThreadsafeFunction<i32, (), i32, napi::Status, false>);

impl Waker {
    /// A waker that calls this function, which must not throw.
    pub fn new(env: Env, function: Value) -> JsResult<Self> {
        if env.kind(function) != Kind::Function {
            return Err(Error::Type("Expected a function".into()).into());
        }
        // SAFETY: the environment and the value are the running call's.
        let made = unsafe { ThreadsafeFunction::from_napi_value(env.0, function.0) };
        made.map(Self).map_err(|error| Error::internal(&error.reason).into())
    }

    /// Calls it as soon as the event loop gets to it; does nothing once the environment has ended.
    pub fn wake(&self, number: i32) {
        self.0.call(number, ThreadsafeFunctionCallMode::NonBlocking);
    }
}
