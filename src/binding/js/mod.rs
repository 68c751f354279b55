//! Node-API's C functions behind safe ones, which the rest of `binding` calls.
//!
//! Every function takes values of the running call; Node-API checks their types itself.

mod call;
mod dispatch;
mod errors;
mod external;
mod facts;
mod generated;
mod lifetime;
mod make;
mod read;
mod shared_memory;
mod waker;

use napi::sys;

pub use call::{ARGUMENTS, Call};
pub use dispatch::dispatch;
pub use errors::ErrorClasses;
pub use external::External;
pub use generated::{Argument, answer};
pub use lifetime::Reference;
pub use shared_memory::SharedMemory;
pub use waker::Waker;

use crate::error::Error;

/// Why a call ends without a value.
#[derive(Debug)]
pub enum Failure {
    /// An error that is to be thrown.
    Error(Error),
    /// A JavaScript exception is pending already, or JavaScript can't run any more (a worker that is terminated).
    Pending,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The result of everything that may run JavaScript.
pub type JsResult<T> = Result<T, Failure>;

/// A JavaScript value of the running call.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Value(sys::napi_value);

/// What `typeof` says, but `null` apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `string`
    String,
    /// `symbol`
    Symbol,
    /// `object`
    Object,
    /// `function`
    Function,
    /// A value of this addon
    External,
    /// `bigint`
    Bigint,
}

/// The environment: an instance of the JavaScript engine, on one thread.
///
/// Why its methods are safe: it is alive while one of its calls or cleanup hooks runs, and this type is used nowhere else; values
/// are of that call; out-pointers are locals that outlive the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Env(sys::napi_env);

fn ok(status: sys::napi_status) -> JsResult<()> {
    match status {
        sys::Status::napi_ok => Ok(()),
        sys::Status::napi_pending_exception | sys::Status::napi_cannot_run_js | sys::Status::napi_closing => {
            Err(Failure::Pending)
        }
        other => Err(refused(other)),
    }
}

#[cold]
fn refused(status: sys::napi_status) -> Failure {
    Error::internal(&format!("Node-API answers {}", napi::Status::from(status))).into()
}

impl Env {
    /// The environment of an `Env` of napi-rs.
    pub fn new(env: &napi::Env) -> Self {
        Self(env.raw())
    }
}
