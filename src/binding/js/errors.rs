//! Throwing: errors of the classes that JavaScript gave, since a realm (a test runner's, a `vm` context) has its own.

use std::ptr;

use napi::sys;

use super::{Call, Env, JsResult, Kind, Reference, Value, ok};
use crate::error::Error;

/// The classes of errors of the realm that the addon was set up in.
pub struct ErrorClasses {
    pub(super) env: Env,
    sqlite: Reference,
    r#type: Reference,
    range: Reference,
    plain: Reference,
    array: Reference,
}

impl ErrorClasses {
    /// `SqliteError`, `TypeError`, `RangeError`, `Error` and, for the lists of errors, `Array`, in this order.
    pub fn new(env: Env, classes: [Value; 5]) -> JsResult<Self> {
        if classes.iter().any(|class| env.kind(*class) != Kind::Function) {
            let must = "setup(SqliteError, TypeError, RangeError, Error, Array) takes five classes";
            return Err(Error::Type(must.into()).into());
        }
        let [sqlite, r#type, range, plain, array] = classes;
        Ok(Self {
            env,
            sqlite: env.reference(sqlite)?,
            r#type: env.reference(r#type)?,
            range: env.reference(range)?,
            plain: env.reference(plain)?,
            array: env.reference(array)?,
        })
    }

    /// Throws an error as an instance of its JavaScript class; `call` has the caller's values.
    pub fn throw(&self, error: &Error, call: Option<&Call>) {
        // If the error can't be made, an exception is pending or JavaScript can't run any more.
        let _ = self.try_throw(error, call);
    }

    /// An array of texts.
    pub(super) fn list(&self, texts: &[&str]) -> JsResult<Value> {
        let texts = texts.iter().map(|text| self.env.text(text)).collect::<JsResult<Vec<_>>>()?;
        self.env.instance(self.array.value()?, &texts)
    }

    fn try_throw(&self, error: &Error, call: Option<&Call>) -> JsResult<()> {
        let thrown = self.made(error)?;
        if let (Some(facts), Some(call)) = (error.parts().1, call) {
            self.tell(thrown, facts, call)?;
        }
        // SAFETY: the environment and the value are the running call's.
        ok(unsafe { sys::napi_throw(self.env.0, thrown.0) })
    }

    /// The error as an instance of its JavaScript class.
    pub(super) fn made(&self, error: &Error) -> JsResult<Value> {
        let env = self.env;
        let error = error.parts().0;
        let message = env.text(error.message())?;
        match error {
            Error::Type(_) => env.instance(self.r#type.value()?, &[message]),
            Error::Range(_) => env.instance(self.range.value()?, &[message]),
            Error::Plain(_) | Error::About(_) => env.instance(self.plain.value()?, &[message]),
            Error::Coded { code, .. } => {
                let made = env.instance(self.plain.value()?, &[message])?;
                env.set(made, "code", env.text(code)?)?;
                Ok(made)
            }
            Error::Engine { code, .. } => env.instance(self.sqlite.value()?, &[message, env.text(code)?]),
        }
    }
}

impl Env {
    /// Throws without classes: an instance of those of the realm that loaded the addon first.
    pub fn throw_without_classes(self, error: &Error) {
        let mut thrown = ptr::null_mut();
        if let Ok(message) = self.text(error.message()) {
            let create = match error {
                Error::Type(_) => sys::napi_create_type_error,
                Error::Range(_) => sys::napi_create_range_error,
                _ => sys::napi_create_error,
            };
            // SAFETY: the environment and the values are the running call's; a null code makes an error without one.
            unsafe {
                create(self.0, ptr::null_mut(), message.0, &raw mut thrown);
                sys::napi_throw(self.0, thrown);
            }
        }
    }

    /// A new instance of a class.
    fn instance(self, class: Value, arguments: &[Value]) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's; a `Value` is a `napi_value` and nothing else.
        ok(unsafe {
            let given = arguments.as_ptr().cast::<sys::napi_value>();
            sys::napi_new_instance(self.0, class.0, arguments.len(), given, &raw mut value)
        })?;
        Ok(Value(value))
    }
}
