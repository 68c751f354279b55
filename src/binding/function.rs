//! Functions and aggregates written in JavaScript.

use std::any::Any;
use std::rc::Rc;

use super::database::database;
use super::js::{Call, Env, ErrorClasses, Failure, JsResult, Kind, Reference, Value};
use super::module::Native;
use super::state::State;
use crate::engine::sqlite::driver::function::{Aggregate, Argument, Output, Scalar, Signature, Stepped, Thrown};
use crate::error::Error;

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[("function", function), ("aggregate", aggregate)];

/// What both kinds have in common.
struct Shared {
    env: Env,
    errors: Rc<ErrorClasses>,
    name: String,
    /// Integers come as `BigInt`s.
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

    /// Calls a function; whatever it throws, or what is wrong with its arguments, stays pending.
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

    /// A failure stays pending as the exception that it is.
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
        // SAFETY: an output is no JavaScript value, and no other is put anywhere.
        unsafe { self.shared.env.scoped(run) }
    }
}

/// An accumulator between two rows. Node-API keeps objects and functions alive, and an array can hold anything.
struct Accumulator(Reference);

struct JsAggregate {
    shared: Shared,
    /// An array of the start value, or of the function that makes it.
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
        // SAFETY: nothing is returned, and what is kept is a reference.
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
        // SAFETY: what is returned is a reference.
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
        // SAFETY: an output is no JavaScript value, and no other is put anywhere.
        unsafe { self.shared.env.scoped(run) }
    }
}

/// The arguments that both registrations end with: name, number of arguments, bigints, deterministic, direct only.
fn shared(state: &State, call: &Call, from: usize) -> JsResult<Shared> {
    Ok(Shared {
        env: call.env,
        errors: Rc::clone(&state.errors),
        name: call.env.to_string(call.argument(from))?,
        bigints: call.env.to_bool(call.argument(from + 2))?,
    })
}

fn signature<'a>(call: &Call, from: usize, name: &'a str) -> JsResult<Signature<'a>> {
    Ok(Signature {
        name,
        arguments: call.env.to_f64(call.argument(from + 1))? as i32,
        deterministic: call.env.to_bool(call.argument(from + 3))?,
        direct_only: call.env.to_bool(call.argument(from + 4))?,
    })
}

/// `function(connection, function, name, arguments, bigints, deterministic, directOnly)`
fn function(state: &State, call: &Call) -> JsResult<Value> {
    let connection = &database(call)?.connection;
    connection.check_no_iterators()?;
    let shared = shared(state, call, 2)?;
    let name = shared.name.clone();
    let function = JsFunction { shared, function: call.env.reference(call.argument(1))? };
    connection.create_function(&signature(call, 2, &name)?, Box::new(function))?;
    Ok(call.env.undefined())
}

/// `aggregate(connection, start, step, inverse, result, name, arguments, bigints, deterministic, directOnly)`
fn aggregate(state: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let connection = &database(call)?.connection;
    connection.check_no_iterators()?;
    let shared = shared(state, call, 5)?;
    let name = shared.name.clone();
    let optional = |value: Value| -> JsResult<Option<Reference>> {
        if env.kind(value) == Kind::Function { env.reference(value).map(Some) } else { Ok(None) }
    };
    let start = call.argument(1);
    let aggregate = JsAggregate {
        shared,
        start: env.reference(env.array([Ok(start)].into_iter())?)?,
        start_is_function: env.kind(start) == Kind::Function,
        step: env.reference(call.argument(2))?,
        inverse: optional(call.argument(3))?,
        result: optional(call.argument(4))?,
    };
    let windows = aggregate.inverse.is_some();
    connection.create_aggregate(&signature(call, 5, &name)?, Box::new(aggregate), windows)?;
    Ok(env.undefined())
}
