//! What one environment has: the memory that it shares with JavaScript, spare buffers, its open connections.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::js::{Call, Env, ErrorClasses, JsResult, Kind, SharedMemory, Value, Waker, answer};
use crate::engine::sqlite::driver::Connection;
use crate::error::{Error, Result};
use crate::model::Given;
use crate::rows::{Batch, layout};

/// A function of the addon that is a raw callback.
pub type Native = fn(&State, &Call) -> JsResult<Value>;

/// Something that is closed when the process ends.
pub trait Closes {
    /// Closes it, unless it is in the middle of a call (`process.exit()` from a user function): that call may yet return, where a
    /// worker's thread unwinds. Nobody is left to be told of a failure.
    fn close_at_the_end(&self);
}

impl Closes for Connection {
    fn close_at_the_end(&self) {
        // The next opening recovers what was committed.
        let _ = self.close_if_idle();
    }
}

/// The state of an environment, which is dropped with it.
pub struct State {
    /// The environment.
    pub env: Env,
    shared: SharedMemory,
    /// The classes of its errors.
    pub errors: Rc<ErrorClasses>,
    batches: RefCell<Vec<Batch>>,
    texts: RefCell<Vec<String>>,
    blobs: RefCell<Vec<Vec<u8>>>,
    wide: RefCell<Vec<u16>>,
    connections: RefCell<Vec<Weak<dyn Closes>>>,
    /// Calls JavaScript from other threads, while somebody waits.
    pub waker: RefCell<Option<Arc<Waker>>>,
}

impl State {
    /// A state that throws errors of these classes.
    pub fn new(env: Env, errors: ErrorClasses) -> JsResult<Self> {
        Ok(Self {
            env,
            shared: SharedMemory::new(env, layout::LENGTH)?,
            errors: Rc::new(errors),
            batches: RefCell::default(),
            texts: RefCell::default(),
            blobs: RefCell::default(),
            wide: RefCell::default(),
            connections: RefCell::default(),
            waker: RefCell::default(),
        })
    }

    /// The memory that JavaScript reads rows from, as an `ArrayBuffer`.
    pub fn shared(&self) -> JsResult<Value> {
        self.shared.value()
    }

    /// Remembers a connection, to close it when the process ends.
    pub fn remember<T: Closes + 'static>(&self, connection: &Rc<T>) {
        let mut connections = self.connections.borrow_mut();
        connections.retain(|known| known.strong_count() > 0);
        let connection: Rc<dyn Closes> = Rc::<T>::clone(connection);
        connections.push(Rc::downgrade(&connection));
    }

    /// Closes every connection that is still open.
    pub fn close_all(&self) {
        let connections = std::mem::take(&mut *self.connections.borrow_mut());
        for connection in connections.iter().filter_map(Weak::upgrade) {
            connection.close_at_the_end();
        }
    }

    /// Lends an empty batch. Each call has its own, since a user function may call into another database.
    pub fn with_batch<T>(&self, run: impl FnOnce(&mut Batch) -> JsResult<T>) -> JsResult<T> {
        let mut batch = self.batches.borrow_mut().pop().unwrap_or_default();
        let result = run(&mut batch);
        batch.clear();
        self.batches.borrow_mut().push(batch);
        result
    }

    /// Lends an empty text buffer.
    pub fn with_text<T>(&self, run: impl FnOnce(&mut String) -> JsResult<T>) -> JsResult<T> {
        const KEPT: usize = 64 * 1024;
        let mut text = self.texts.borrow_mut().pop().unwrap_or_default();
        let result = run(&mut text);
        text.clear();
        text.shrink_to(KEPT);
        self.texts.borrow_mut().push(text);
        result
    }

    /// Lends the arguments of a call, from one of them on, as values of the model.
    pub fn with_given<T>(
        &self,
        call: &Call,
        from: usize,
        run: impl FnOnce(&Arguments<'_>) -> JsResult<T>,
    ) -> JsResult<T> {
        let count = call.count().saturating_sub(from);
        self.with_some_given(call, from, count, run)
    }

    /// Lends so many arguments of a call, from one of them on.
    pub fn with_some_given<T>(
        &self,
        call: &Call,
        from: usize,
        count: usize,
        run: impl FnOnce(&Arguments<'_>) -> JsResult<T>,
    ) -> JsResult<T> {
        self.with_decoded(count, |index| call.argument(from + index), run)
    }

    fn with_decoded<T>(
        &self,
        count: usize,
        value: impl Fn(usize) -> Value,
        run: impl FnOnce(&Arguments<'_>) -> JsResult<T>,
    ) -> JsResult<T> {
        // Most calls have few arguments, and to make room for all that there may be takes longer than those.
        self.with_text(|text| match count {
            0..=FEW => run_with::<FEW, T>(self.env, count, value, text, run),
            _ => run_with::<{ super::js::ARGUMENTS }, T>(self.env, count, value, text, run),
        })
    }

    /// Hands a batch over: cells into the shared memory, text as the returned string, `undefined` where there is no row.
    pub fn emit(&self, batch: &mut Batch, more: bool, recompilations: i32) -> JsResult<Value> {
        self.shared.write_i32(layout::HEAD, &[batch.rows() as i32, i32::from(more), recompilations])?;
        if batch.rows() == 0 {
            return Ok(self.env.undefined());
        }
        self.shared.write_i32(layout::ENDS, batch.ends())?;
        self.shared.write_u64(layout::NUMBERS, batch.numbers())?;
        self.shared.write_u8(layout::BLOBS, batch.bytes())?;
        *self.blobs.borrow_mut() = batch.take_blobs();
        self.shared.write_i32(layout::HAS_WIDE, &[i32::from(batch.has_wide())])?;
        if batch.has_wide() {
            batch.swap_wide(&mut self.wide.borrow_mut());
        }
        self.env.latin1(batch.text())
    }

    /// Hands over the generation of the rows.
    pub fn emit_generation(&self, generation: i32) -> JsResult<()> {
        self.shared.write_i32(layout::GENERATION, &[generation])
    }

    /// Hands integers over, in the head of the shared memory.
    pub fn emit_head(&self, values: &[i32]) -> JsResult<()> {
        self.shared.write_i32(layout::HEAD, values)
    }

    /// Hands one number over as the first cell.
    pub fn emit_number(&self, bits: u64) -> JsResult<()> {
        self.shared.write_u64(layout::NUMBERS, &[bits])
    }

    /// The second string of the latest batch.
    pub fn wide(&self) -> JsResult<Value> {
        self.env.utf16(&self.wide.borrow())
    }

    /// Takes a blob out of the latest batch. None of these is empty: small ones come in the shared memory.
    pub fn take_blob(&self, index: usize) -> JsResult<Vec<u8>> {
        let blob = self.blobs.borrow_mut().get_mut(index).map(std::mem::take).filter(|blob| !blob.is_empty());
        blob.ok_or_else(|| Error::internal(&format!("the latest rows have no blob {index} any more")).into())
    }
}

thread_local! {
    /// The states of this thread, by number: a realm (a test runner's, a `vm` context) has its own. All realms share the functions that
    /// napi-rs generates, so those without a connection are told the number.
    static REALMS: RefCell<Vec<Weak<State>>> = const { RefCell::new(Vec::new()) };
}

/// The number of a realm, as `setup` gave it to JavaScript.
#[derive(Debug, Clone, Copy)]
pub struct Realm(pub u32);

impl Realm {
    /// Gives a state its number.
    pub fn of(state: &Rc<State>) -> Self {
        REALMS.with_borrow_mut(|realms| {
            realms.push(Rc::downgrade(state));
            Self(realms.len() as u32 - 1)
        })
    }

    /// Its state; `None` for a number that no realm has.
    pub fn state(self) -> Option<Rc<State>> {
        REALMS.with_borrow(|realms| realms.get(self.0 as usize).and_then(Weak::upgrade))
    }

    /// The error that a promise of this realm is rejected with.
    pub fn rejection(self, error: &Error) -> napi::Error {
        let plain = || napi::Error::from_reason(error.message());
        self.state().map_or_else(plain, |state| state.errors.rejection(error))
    }

    /// Runs the body of a function that napi-rs generates.
    pub fn answer<T>(self, env: napi::Env, body: impl FnOnce(&Rc<State>) -> JsResult<T>) -> napi::Result<T> {
        let state = self.state();
        let illegal = || Error::Type("Illegal invocation".into());
        answer(Env::new(&env), state.as_ref().map(|state| &*state.errors), || body(state.as_ref().ok_or_else(illegal)?))
    }
}

/// How many decoded arguments most reads have at most.
const FEW: usize = 2;

/// The arguments of a call, as values of the model.
pub struct Arguments<'a>(&'a [Given<'a>]);

#[derive(Debug, Clone, Copy)]
enum Decoded {
    Given(Given<'static>),
    Text(usize, usize),
}

impl<'a> Arguments<'a> {
    /// An argument, counted from the first decoded one.
    pub fn get(&self, index: usize) -> Given<'a> {
        self.0.get(index).copied().unwrap_or(Given::Undefined)
    }

    /// All arguments from one on.
    pub fn rest(&self, from: usize) -> &[Given<'a>] {
        self.0.get(from..).unwrap_or_default()
    }

    /// A number that JavaScript's own part has made.
    pub fn number(&self, index: usize) -> Result<f64> {
        if let Given::Number(number) = self.get(index) {
            return Ok(number);
        }
        Err(Error::Type("Expected a number".into()))
    }
}

/// Decodes `count` values, at most `N`, and runs the body with them. Texts go into one buffer, so they can be borrowed only once all of
/// them are there.
fn run_with<const N: usize, T>(
    env: Env,
    count: usize,
    value: impl Fn(usize) -> Value,
    text: &mut String,
    run: impl FnOnce(&Arguments<'_>) -> JsResult<T>,
) -> JsResult<T> {
    let mut decoded = [Decoded::Given(Given::Undefined); N];
    let Some(decoded) = decoded.get_mut(..count) else {
        return Err(Error::internal(&format!("{count} arguments, where a call has at most {N}")).into());
    };
    for (index, slot) in decoded.iter_mut().enumerate() {
        *slot = decode_one(env, value(index), text)?;
    }
    let mut given = [Given::Undefined; N];
    for (given, decoded) in given.iter_mut().zip(decoded.iter()) {
        *given = match *decoded {
            Decoded::Given(given) => given,
            Decoded::Text(from, to) => Given::Text(&text[from..to]),
        };
    }
    run(&Arguments(&given[..count]))
}

fn decode_one(env: Env, value: Value, text: &mut String) -> JsResult<Decoded> {
    Ok(Decoded::Given(match env.kind(value) {
        Kind::Undefined => Given::Undefined,
        Kind::Null => Given::Null,
        Kind::Boolean => Given::Boolean(env.to_bool(value)?),
        Kind::Number => Given::Number(env.to_f64(value)?),
        Kind::Bigint => env.to_i64(value).map_or(Given::HugeInteger, Given::Integer),
        Kind::String => {
            let start = text.len();
            env.append_string(value, text)?;
            return Ok(Decoded::Text(start, text.len()));
        }
        Kind::Symbol => Given::Other("a symbol"),
        Kind::Function => Given::Other("a function"),
        Kind::Object | Kind::External => Given::Other(env.describe(value)),
    }))
}
