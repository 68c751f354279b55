//! The same small bodies behind a raw callback, made as `src/binding` makes its own, and behind `#[napi]`, as a function
//! that takes an external and as a method of a class. `../calls.mjs` measures them; decision 3 says what follows.

// The modules that the package's files compiled here expect in their crate.
use visual_db::{engine, error, model, rows};

#[allow(dead_code, missing_docs, reason = "only what a call needs is used of it")]
#[path = "../../../src/binding/js/mod.rs"]
mod js;
#[allow(dead_code, reason = "only what a call needs is used of it")]
#[path = "../../../src/binding/state.rs"]
mod state;

mod generated;
mod raw;

use js::External;
use napi::bindgen_prelude::Object;

/// The content of an external: a counter of calls.
pub struct Counter(std::cell::Cell<u32>);

impl Counter {
    fn count(&self) -> u32 {
        self.0.set(self.0.get().wrapping_add(1));
        self.0.get()
    }
}

// SAFETY: no other type of this crate is an `External`, so none has the same tag.
unsafe impl External for Counter {
    const TAG: u64 = 1;
}

/// The exports: `setup(…five classes)`, which returns the raw functions, and the functions that napi-rs makes.
#[napi_derive::napi(module_exports)]
pub fn exports(exports: Object<'_>, env: napi::Env) -> napi::Result<()> {
    let env = js::Env::new(&env);
    let done = env.static_function(raw::setup).and_then(|setup| env.set(js::Env::of_object(&exports), "setup", setup));
    done.map_err(|_| napi::Error::from_reason("setup can't be made"))
}
