//! The addon's exports: `setup`, which makes the raw functions for a realm, and the functions that napi-rs generates, which all realms
//! share. Decision 3 says which is which.

use std::rc::Rc;

use napi::bindgen_prelude::Object;
use napi::sys;

use super::js::{Call, Env, ErrorClasses, JsResult, Value, dispatch};
use super::state::{Native, Realm, State};
use super::{board, connection, raw};

/// What generated JavaScript has to agree with, as JSON text.
#[napi_derive::napi(catch_unwind)]
pub fn declarations() -> String {
    crate::declarations::declarations().to_string()
}

/// The data of a raw function.
struct Entry {
    run: Native,
    state: Rc<State>,
}

/// What is dropped with the environment. Connections refer to their state, so its own drop would come too late to close them.
struct Ending {
    state: Rc<State>,
    _entries: Box<[Entry]>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.state.close_all();
    }
}

/// The callback of every function of the table.
unsafe extern "C" fn run(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node-API calls it; the data of functions with this callback is an `Entry` (below).
    unsafe {
        dispatch(env, info, |entry: &Entry| Some(&*entry.state.errors), |call, entry| (entry.run)(&entry.state, call))
    }
}

/// The exports: `setup(SqliteError, TypeError, RangeError, Error, Array)` returns an object with every raw function, with `memory`,
/// in which rows come, and `realm`, the number by which generated functions know whose errors to throw.
#[napi_derive::napi(module_exports)]
pub fn exports(exports: Object<'_>, env: napi::Env) -> napi::Result<()> {
    let raw = Env::new(&env);
    let done = raw.static_function(setup).and_then(|function| {
        let exports = Env::of_object(&exports);
        raw.set(exports, "setup", function)
    });
    done.map_err(|_| napi::Error::from_reason("visual-db: the addon can't be set up"))
}

unsafe extern "C" fn setup(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node-API calls it; `static_function` has made it with a `()` as its data.
    unsafe { dispatch(env, info, |(): &()| None, |call, ()| functions(call)) }
}

fn functions(call: &Call) -> JsResult<Value> {
    let env = call.env;
    let state = Rc::new(State::new(env, ErrorClasses::new(env, [0, 1, 2, 3, 4].map(|index| call.argument(index)))?)?);
    let mut table = [connection::FUNCTIONS, raw::database::FUNCTIONS, raw::statement::FUNCTIONS].concat();
    table.extend(board::FUNCTIONS.concat());
    let entries: Box<[Entry]> = table.iter().map(|(_, run)| Entry { run: *run, state: Rc::clone(&state) }).collect();
    let object = env.object()?;
    env.set(object, "memory", state.shared()?)?;
    env.set(object, "realm", env.number(Realm::of(&state).0.into())?)?;
    for ((name, _), entry) in table.iter().zip(&entries) {
        // SAFETY: the entries are boxed, so they don't move; the cleanup hook frees them, when JavaScript no longer runs.
        let function = unsafe { env.function(run, std::ptr::from_ref(entry).cast())? };
        env.set(object, name, function)?;
    }
    env.at_end(Box::new(Ending { state, _entries: entries }));
    Ok(object)
}
