//! Raw callbacks, as `src/binding/module.rs` makes them.

use std::rc::Rc;

use napi::sys;

use crate::Counter;
use crate::error::Error;
use crate::js::{Call, ErrorClasses, JsResult, Value, dispatch};
use crate::model::Given;
use crate::state::State;

type Native = fn(&State, &Call) -> JsResult<Value>;

const FUNCTIONS: &[(&str, Native)] =
    &[("counter", counter), ("nothing", nothing), ("external", external), ("write", write)];

struct Entry {
    run: Native,
    state: Rc<State>,
}

unsafe extern "C" fn run(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node-API calls it with valid `env` and `info`, and every function with this callback was made with an `Entry` as its data.
    unsafe {
        dispatch(env, info, |entry: &Entry| Some(&*entry.state.errors), |call, entry| (entry.run)(&entry.state, call))
    }
}

/// `setup(SqliteError, TypeError, RangeError, Error, Array)`
pub unsafe extern "C" fn setup(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node-API calls it with valid `env` and `info`, and its function was made with a reference to `()` as its data.
    unsafe { dispatch(env, info, |(): &()| None, |call, ()| functions(call)) }
}

fn functions(call: &Call) -> JsResult<Value> {
    let env = call.env;
    let classes = ErrorClasses::new(env, [0, 1, 2, 3, 4].map(|index| call.argument(index)))?;
    let state = Rc::new(State::new(env, classes)?);
    let entries: Box<[Entry]> =
        FUNCTIONS.iter().map(|(_, run)| Entry { run: *run, state: Rc::clone(&state) }).collect();
    let object = env.object()?;
    for ((name, _), entry) in FUNCTIONS.iter().zip(&entries) {
        // SAFETY: `run` takes its data for an `Entry`; the entries are boxed, so they don't move, and are freed when the environment ends.
        let function = unsafe { env.function(run, std::ptr::from_ref(entry).cast())? };
        env.set(object, name, function)?;
    }
    env.at_end(Box::new((state, entries)));
    Ok(object)
}

fn counter(_: &State, call: &Call) -> JsResult<Value> {
    call.env.external(Counter(0.into()))
}

fn nothing(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.undefined())
}

fn taken(call: &Call) -> JsResult<&Counter> {
    call.external(0).ok_or_else(|| Error::Type("Illegal invocation".into()).into())
}

fn external(_: &State, call: &Call) -> JsResult<Value> {
    Ok(call.env.boolean(taken(call)?.count() > 0))
}

/// Takes values of any kind, as the writes of the package do, since the model checks them.
fn write(state: &State, call: &Call) -> JsResult<Value> {
    let counter = taken(call)?;
    state.with_given(call, 1, |given| {
        let length = |value: &Given<'_>| if let Given::Text(text) = value { text.len() } else { 1 };
        counter.count();
        call.env.number(given.rest(0).iter().map(length).sum::<usize>() as f64)
    })
}
