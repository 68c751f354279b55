//! The same bodies behind the code that napi-rs generates.

use napi::bindgen_prelude::{Either5, External, Null, Undefined};
use napi_derive::napi;

use crate::Counter;
use crate::error::Error;
use crate::js::{Argument, answer};

/// A value of a write, which may be of any kind, since the model checks it.
type Given = Either5<String, f64, bool, Null, Undefined>;

fn bytes(given: &[Given]) -> u32 {
    given.iter().map(|value| if let Either5::A(text) = value { text.len() as u32 } else { 1 }).sum()
}

#[napi]
pub fn counter() -> External<Counter> {
    External::new(Counter(0.into()))
}

#[napi]
pub fn nothing() {}

#[napi]
pub fn external(counter: &External<Counter>) -> bool {
    counter.count() > 0
}

/// Made as the package's own functions are: with an external that is recognised by its tag, and the package's errors.
#[napi]
pub fn external_of_ours(counter: Argument<'_, Counter>) -> napi::Result<bool> {
    answer(counter.env, None, || {
        counter.data.map(|counter| counter.count() > 0).ok_or_else(|| Error::Type("Illegal invocation".into()).into())
    })
}

#[napi]
#[allow(clippy::too_many_arguments, clippy::many_single_char_names, reason = "a write has as many")]
pub fn write(
    counter: &External<Counter>,
    a: Given,
    b: Given,
    c: Given,
    d: Given,
    e: Given,
    f: Given,
    g: Given,
    h: Given,
    i: Given,
    j: Given,
) -> u32 {
    counter.count();
    bytes(&[a, b, c, d, e, f, g, h, i, j])
}

/// A connection as a class.
#[napi]
pub struct Connection {
    counter: Counter,
}

#[napi]
impl Connection {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self { counter: Counter(0.into()) }
    }

    #[napi]
    pub fn nothing(&self) {}

    #[napi]
    pub fn counted(&self) -> bool {
        self.counter.count() > 0
    }

    #[napi]
    #[allow(clippy::too_many_arguments, clippy::many_single_char_names, reason = "a write has as many")]
    pub fn write(
        &self,
        a: Given,
        b: Given,
        c: Given,
        d: Given,
        e: Given,
        f: Given,
        g: Given,
        h: Given,
        i: Given,
        j: Given,
    ) -> u32 {
        self.counter.count();
        bytes(&[a, b, c, d, e, f, g, h, i, j])
    }
}
