//! Functions and aggregates written in JavaScript.

use std::any::Any;

use super::database::database;
use super::js::{Call, Env, JsResult, Kind, Reference, Value};
use super::module::Native;
use super::state::State;
use crate::engine::sqlite::driver::function::{Aggregate, Argument, Output, Scalar, Signature, Stepped, Thrown};
use crate::error::Error;

/// The functions of this file.
pub const FUNCTIONS: &[(&str, Native)] = &[("function", function), ("aggregate", aggregate)];

/// What both kinds have in common.
struct Shared {
    env: Env,
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
        match run() {
            Ok(value) => Some(value),
            Err(failure) => {
                if let super::js::Failure::Error(error) = failure {
                    self.env.throw(&error, None);
                }
                None
            }
        }
    }

    fn output(&self, value: Value) -> Output {
        let env = self.env;
        match env.kind(value) {
            Kind::Number => Output::Real(env.to_f64(value)),
            Kind::Bigint => env
                .to_i64(value)
                .map_or_else(|| self.refuse(Error::Range, "a bigint that was too big"), Output::Integer),
            Kind::String => {
                let mut text = Vec::new();
                env.append_string(value, &mut text);
                Output::Text(text)
            }
            Kind::Undefined | Kind::Null => Output::Null,
            Kind::Object => {
                env.to_bytes(value).map_or_else(|| self.refuse(Error::Type, "an invalid value"), Output::Blob)
            }
            Kind::Boolean | Kind::Symbol | Kind::Function | Kind::External => {
                self.refuse(Error::Type, "an invalid value")
            }
        }
    }

    fn refuse(&self, class: fn(String) -> Error, what: &str) -> Output {
        self.env.throw(&class(format!("User-defined function {}() returned {what}", self.name)), None);
        Output::Thrown
    }
}

struct JsFunction {
    shared: Shared,
    function: Reference,
}

impl Scalar for JsFunction {
    fn call(&self, arguments: &[Argument<'_>]) -> Output {
        self.shared.env.scoped(|| match self.shared.call(&self.function, None, arguments) {
            Some(value) => self.shared.output(value),
            None => Output::Thrown,
        })
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
        env.array([Ok(value)].into_iter()).and_then(|array| env.reference(array)).ok()
    }

    fn unboxed(&self, reference: &Reference) -> Option<Value> {
        reference.value().and_then(|array| self.shared.env.element(array, 0)).ok()
    }

    fn take(&self, accumulator: &mut dyn Any, function: &Reference, arguments: &[Argument<'_>]) -> Stepped {
        let env = self.shared.env;
        let accumulator = accumulator.downcast_mut::<Accumulator>().ok_or(Thrown)?;
        env.scoped(|| {
            let before = self.unboxed(&accumulator.0).ok_or(Thrown)?;
            let after = self.shared.call(function, Some(before), arguments).ok_or(Thrown)?;
            if env.kind(after) != Kind::Undefined {
                accumulator.0 = self.boxed(after).ok_or(Thrown)?;
            }
            Ok(())
        })
    }
}

impl Aggregate for JsAggregate {
    fn start(&self) -> Option<Box<dyn Any>> {
        self.shared.env.scoped(|| {
            let mut value = self.unboxed(&self.start)?;
            if self.start_is_function {
                let function = self.shared.env.reference(value).ok()?;
                value = self.shared.call(&function, None, &[])?;
            }
            Some(Box::new(Accumulator(self.boxed(value)?)) as Box<dyn Any>)
        })
    }

    fn step(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped {
        self.take(accumulator, &self.step, arguments)
    }

    fn inverse(&self, accumulator: &mut dyn Any, arguments: &[Argument<'_>]) -> Stepped {
        self.take(accumulator, self.inverse.as_ref().ok_or(Thrown)?, arguments)
    }

    fn value(&self, accumulator: &dyn Any) -> Output {
        let Some(accumulator) = accumulator.downcast_ref::<Accumulator>() else { return Output::Thrown };
        self.shared.env.scoped(|| {
            let Some(mut value) = self.unboxed(&accumulator.0) else { return Output::Thrown };
            if let Some(result) = &self.result {
                match self.shared.call(result, Some(value), &[]) {
                    Some(result) => value = result,
                    None => return Output::Thrown,
                }
            }
            self.shared.output(value)
        })
    }
}

/// The arguments that both registrations end with: name, number of arguments, bigints, deterministic, direct only.
fn shared(call: &Call, from: usize) -> Shared {
    Shared {
        env: call.env,
        name: call.env.to_string(call.argument(from)),
        bigints: call.env.to_bool(call.argument(from + 2)),
    }
}

fn signature<'a>(call: &Call, from: usize, name: &'a str) -> Signature<'a> {
    Signature {
        name,
        arguments: call.env.to_f64(call.argument(from + 1)) as i32,
        deterministic: call.env.to_bool(call.argument(from + 3)),
        direct_only: call.env.to_bool(call.argument(from + 4)),
    }
}

/// `function(connection, function, name, arguments, bigints, deterministic, directOnly)`
fn function(_: &State, call: &Call) -> JsResult<Value> {
    let connection = &database(call)?.connection;
    connection.check_no_iterators()?;
    let shared = shared(call, 2);
    let name = shared.name.clone();
    let function = JsFunction { shared, function: call.env.reference(call.argument(1))? };
    connection.create_function(&signature(call, 2, &name), Box::new(function))?;
    Ok(call.env.undefined())
}

/// `aggregate(connection, start, step, inverse, result, name, arguments, bigints, deterministic, directOnly)`
fn aggregate(_: &State, call: &Call) -> JsResult<Value> {
    let env = call.env;
    let connection = &database(call)?.connection;
    connection.check_no_iterators()?;
    let shared = shared(call, 5);
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
    connection.create_aggregate(&signature(call, 5, &name), Box::new(aggregate), windows)?;
    Ok(env.undefined())
}
