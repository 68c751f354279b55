//! Functions and aggregates written in JavaScript.

#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    reason = "napi-rs takes owned values, and its arguments are what lib/ checked"
)]

use std::any::Any;
use std::rc::Rc;

use napi_derive::napi;

use crate::binding::connection::Taken;
use crate::binding::js::{Env, ErrorClasses, Failure, JsResult, Kind, Reference, Value};
use crate::binding::state::State;
use crate::engine::sqlite::driver::function::{Aggregate, Argument, Output, Scalar, Signature, Stepped, Thrown};
use crate::error::Error;

/// What functions and aggregates share.
struct Shared {
    env: Env,
    errors: Rc<ErrorClasses>,
    name: String,
    /// Whether integers come as `BigInt`s.
    bigints: bool,
}

impl Shared {
    fn argument(&self, argument: &Argument<'_>) -> JsResult<Value> {
        match *argument {
            Argument::Null => Ok(self.env.null()),
            Argument::Integer(value) if self.bigints => self.env.bigint(value),
            Argument::Integer(value) => self.env.number(value as f64),
            Argument::Real(value) => self.env.number(value),
            Argument::Text(text) => self.env.string(text),
            Argument::Blob(blob) => self.env.buffer(blob),
        }
    }

    /// Calls a function; an exception that it throws, or that its arguments cause, stays pending.
    fn call(&self, function: &Reference, first: Option<Value>, arguments: &[Argument<'_>]) -> Option<Value> {
        let run = || -> JsResult<Value> {
            let mut values = Vec::with_capacity(arguments.len() + 1);
            values.extend(first);
            for argument in arguments {
                values.push(self.argument(argument)?);
            }
            self.env.call(function.value()?, &values)
        };
        self.or_throw(run())
    }

    /// Turns a failure into a pending exception.
    fn or_throw<T>(&self, result: JsResult<T>) -> Option<T> {
        result
            .map_err(|failure| {
                if let Failure::Error(error) = failure {
                    self.errors.throw(&error, None);
                }
            })
            .ok()
    }

    fn output(&self, value: Value) -> Output {
        self.or_throw(self.converted(value)).unwrap_or(Output::Thrown)
    }

    fn converted(&self, value: Value) -> JsResult<Output> {
        let env = self.env;
        match env.kind(value) {
            Kind::Number => Ok(Output::Real(env.to_f64(value)?)),
            Kind::Bigint => {
                let integer = env.to_i64(value);
                integer.map(Output::Integer).ok_or_else(|| self.refused(Error::Range, "a bigint that was too big"))
            }
            Kind::String => Ok(Output::Text(env.to_string(value)?.into_bytes())),
            Kind::Undefined | Kind::Null => Ok(Output::Null),
            Kind::Object => {
                env.to_bytes(value).map(Output::Blob).ok_or_else(|| self.refused(Error::Type, "an invalid value"))
            }
            Kind::Boolean | Kind::Symbol | Kind::Function | Kind::External => {
                Err(self.refused(Error::Type, "an invalid value"))
            }
        }
    }

    fn refused(&self, class: fn(String) -> Error, what: &str) -> Failure {
        class(format!("User-defined function {}() returned {what}", self.name)).into()
    }
}

struct JsFunction {
    shared: Shared,
    function: Reference,
}

impl Scalar for JsFunction {
    fn call(&self, arguments: &[Argument<'_>]) -> Output {
        let run = || {
            self.shared.call(&self.function, None, arguments).map_or(Output::Thrown, |value| self.shared.output(value))
        };
        // SAFETY: an `Output` has no JavaScript value, and no other value leaves the body.
        unsafe { self.shared.env.scoped(run) }
    }
}

/// An accumulator between two rows: an array of it, since Node-API's references keep only objects and functions alive.
struct Accumulator(Reference);

struct JsAggregate {
    shared: Shared,
    /// An array with the start value, or with the function that makes it.
    start: Reference,
    start_is_function: bool,
    step: Reference,
    inverse: Option<Reference>,
    result: Option<Reference>,
}

impl JsAggregate {
    fn boxed(&self, value: Value) -> Option<Reference> {
        let env = self.shared.env;
        self.shared.or_throw(env.array([Ok(value)].into_iter()).and_then(|array| env.reference(array)))
    }

    fn unboxed(&self, reference: &Reference) -> Option<Value> {
        self.shared.or_throw(reference.value().and_then(|array| self.shared.env.element(array, 0)))
    }

    fn take(&self, accumulator: &mut dyn Any, function: &Reference, arguments: &[Argument<'_>]) -> Stepped {
        let env = self.shared.env;
        let accumulator = accumulator.downcast_mut::<Accumulator>().ok_or(Thrown)?;
        let run = || {
            let before = self.unboxed(&accumulator.0).ok_or(Thrown)?;
            let after = self.shared.call(function, Some(before), arguments).ok_or(Thrown)?;
            if env.kind(after) != Kind::Undefined {
                accumulator.0 = self.boxed(after).ok_or(Thrown)?;
            }
            Ok(())
        };
        // SAFETY: the body returns no value; it keeps only a reference.
        unsafe { env.scoped(run) }
    }
}

impl Aggregate for JsAggregate {
    fn start(&self) -> Option<Box<dyn Any>> {
        let run = || {
            let mut value = self.unboxed(&self.start)?;
            if self.start_is_function {
                let function = self.shared.or_throw(self.shared.env.reference(value))?;
                value = self.shared.call(&function, None, &[])?;
            }
            Some(Box::new(Accumulator(self.boxed(value)?)) as Box<dyn Any>)
        };
        // SAFETY: the body returns only a reference.
        unsafe { self.shared.env.scoped(run) }
    }

    fn step(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped {
        self.take(accumulator, &self.step, arguments)
    }

    fn inverse(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped {
        self.take(accumulator, self.inverse.as_ref().ok_or(Thrown)?, arguments)
    }

    fn value(&self, accumulator: &dyn Any) -> Output {
        let Some(accumulator) = accumulator.downcast_ref::<Accumulator>() else { return Output::Thrown };
        let run = || {
            let Some(mut value) = self.unboxed(&accumulator.0) else { return Output::Thrown };
            if let Some(result) = &self.result {
                match self.shared.call(result, Some(value), &[]) {
                    Some(result) => value = result,
                    None => return Output::Thrown,
                }
            }
            self.shared.output(value)
        };
        // SAFETY: an `Output` has no JavaScript value, and no other value leaves the body.
        unsafe { self.shared.env.scoped(run) }
    }
}

/// The options of a registration.
#[napi(object, object_to_js = false)]
pub struct Registration {
    /// Its name in SQL.
    pub name: String,
    /// How many arguments it takes; -1 for any number.
    pub arguments: i32,
    /// Whether integers come as `BigInt`s.
    pub bigints: bool,
    /// Whether it gives the same result for the same arguments.
    pub deterministic: bool,
    /// Whether triggers and views can't call it.
    pub direct_only: bool,
}

impl Registration {
    fn shared(&self, state: &State) -> Shared {
        Shared { env: state.env, errors: Rc::clone(&state.errors), name: self.name.clone(), bigints: self.bigints }
    }

    fn signature(&self) -> Signature<'_> {
        Signature {
            name: &self.name,
            arguments: self.arguments,
            deterministic: self.deterministic,
            direct_only: self.direct_only,
        }
    }
}

/// Registers a function.
#[napi]
pub fn function(connection: Taken<'_>, function: Value, registration: Registration) -> napi::Result<()> {
    connection.connection(|handle| {
        handle.file()?.check_no_iterators()?;
        let shared = registration.shared(&handle.state);
        let function = JsFunction { shared, function: connection.env.reference(function)? };
        Ok(handle.file()?.create_function(&registration.signature(), Box::new(function))?)
    })
}

/// Registers an aggregate; a window function, if it has an inverse.
#[napi]
pub fn aggregate(
    connection: Taken<'_>,
    start: Value,
    step: Value,
    inverse: Value,
    result: Value,
    registration: Registration,
) -> napi::Result<()> {
    connection.connection(|handle| {
        let env = connection.env;
        handle.file()?.check_no_iterators()?;
        let optional = |value: Value| -> JsResult<Option<Reference>> {
            if env.kind(value) == Kind::Function { env.reference(value).map(Some) } else { Ok(None) }
        };
        let aggregate = JsAggregate {
            shared: registration.shared(&handle.state),
            start: env.reference(env.array([Ok(start)].into_iter())?)?,
            start_is_function: env.kind(start) == Kind::Function,
            step: env.reference(step)?,
            inverse: optional(inverse)?,
            result: optional(result)?,
        };
        let windows = aggregate.inverse.is_some();
        Ok(handle.file()?.create_aggregate(&registration.signature(), Box::new(aggregate), windows)?)
    })
}
