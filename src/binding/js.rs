//! Node-API's C functions behind safe ones: the only `unsafe` of the border.
//!
//! Every function takes values of the call that is running; Node-API checks their types itself.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;

use crate::error::Error;

/// Why a call ends without a value.
#[derive(Debug)]
pub enum Failure {
    /// To be thrown.
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

/// What `typeof` tells, with `null` apart.
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

/// A value that stays alive between calls, until it is dropped.
pub struct Reference {
    env: Env,
    raw: sys::napi_ref,
}

/// The environment: an instance of the JavaScript engine, on one thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Env(sys::napi_env);

fn ok(status: sys::napi_status) -> JsResult<()> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Failure::Pending) }
}

// SAFETY (for every block in this impl): the environment is alive while one of its calls or cleanup hooks runs, and
// this type is used nowhere else; values are of that call; out-pointers are locals that outlive the call.
impl Env {
    /// The environment of napi-rs's.
    pub fn new(env: &napi::Env) -> Self {
        Self(env.raw())
    }

    /// What kind of value it is.
    pub fn kind(self, value: Value) -> Kind {
        let mut kind = 0;
        // SAFETY: see above.
        unsafe { sys::napi_typeof(self.0, value.0, &raw mut kind) };
        match kind {
            sys::ValueType::napi_null => Kind::Null,
            sys::ValueType::napi_boolean => Kind::Boolean,
            sys::ValueType::napi_number => Kind::Number,
            sys::ValueType::napi_string => Kind::String,
            sys::ValueType::napi_symbol => Kind::Symbol,
            sys::ValueType::napi_object => Kind::Object,
            sys::ValueType::napi_function => Kind::Function,
            sys::ValueType::napi_external => Kind::External,
            sys::ValueType::napi_bigint => Kind::Bigint,
            _ => Kind::Undefined,
        }
    }

    /// A number's value, 0 for anything else.
    pub fn to_f64(self, value: Value) -> f64 {
        let mut number = 0.0;
        // SAFETY: see above.
        unsafe { sys::napi_get_value_double(self.0, value.0, &raw mut number) };
        number
    }

    /// A number's value as a 32-bit integer, 0 for anything else.
    pub fn to_i32(self, value: Value) -> i32 {
        let mut number = 0;
        // SAFETY: see above.
        unsafe { sys::napi_get_value_int32(self.0, value.0, &raw mut number) };
        number
    }

    /// A boolean's value, `false` for anything else.
    pub fn to_bool(self, value: Value) -> bool {
        let mut boolean = false;
        // SAFETY: see above.
        unsafe { sys::napi_get_value_bool(self.0, value.0, &raw mut boolean) };
        boolean
    }

    /// A `BigInt`'s value where it fits.
    pub fn to_i64(self, value: Value) -> Option<i64> {
        let (mut integer, mut lossless) = (0, false);
        // SAFETY: see above.
        unsafe { sys::napi_get_value_bigint_int64(self.0, value.0, &raw mut integer, &raw mut lossless) };
        lossless.then_some(integer)
    }

    /// Appends a string's UTF-8 to `buffer`, lone surrogates as U+FFFD.
    pub fn append_string(self, value: Value, buffer: &mut Vec<u8>) {
        const GUESS: usize = 1024;
        let start = buffer.len();
        buffer.reserve(GUESS);
        let mut room = buffer.capacity() - start;
        let mut written = 0;
        // SAFETY: see above; at most `room` bytes are written behind `start`, a NUL among them.
        unsafe {
            let at = buffer.as_mut_ptr().add(start).cast();
            sys::napi_get_value_string_utf8(self.0, value.0, at, room, &raw mut written);
        }
        // A character has up to four bytes and is never cut in two: only so close to the end may some be missing.
        if written + 5 > room {
            let mut length = 0;
            // SAFETY: see above; asked for the length only, then given room for all of it and a NUL.
            unsafe {
                sys::napi_get_value_string_utf8(self.0, value.0, ptr::null_mut(), 0, &raw mut length);
                buffer.reserve(length + 1);
                room = buffer.capacity() - start;
                let at = buffer.as_mut_ptr().add(start).cast();
                sys::napi_get_value_string_utf8(self.0, value.0, at, room, &raw mut written);
            }
        }
        // SAFETY: `written` bytes behind `start` were written.
        unsafe { buffer.set_len(start + written) };
        if std::str::from_utf8(&buffer[start..]).is_err() {
            let repaired = String::from_utf8_lossy(&buffer[start..]).into_owned();
            buffer.truncate(start);
            buffer.extend_from_slice(repaired.as_bytes());
        }
    }

    /// A string.
    pub fn to_string(self, value: Value) -> String {
        let mut buffer = Vec::new();
        self.append_string(value, &mut buffer);
        // Already repaired above.
        String::from_utf8(buffer).unwrap_or_default()
    }

    /// The bytes of a `Uint8Array` (a `Buffer` is one); `None` for anything else.
    pub fn to_bytes(self, value: Value) -> Option<Vec<u8>> {
        let mut is_typed = false;
        let (mut kind, mut length, mut offset) = (0, 0, 0);
        let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: see above; the bytes are copied before JavaScript can run again.
        unsafe {
            if sys::napi_is_typedarray(self.0, value.0, &raw mut is_typed) != sys::Status::napi_ok || !is_typed {
                return None;
            }
            ok(sys::napi_get_typedarray_info(
                self.0,
                value.0,
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                &raw mut buffer,
                &raw mut offset,
            ))
            .ok()?;
            if kind != sys::TypedarrayType::uint8_array {
                return None;
            }
            if data.is_null() || length == 0 {
                return Some(Vec::new());
            }
            Some(std::slice::from_raw_parts(data.cast::<u8>(), length).to_vec())
        }
    }

    /// What an object is, for an error: with an article.
    pub fn describe(self, value: Value) -> &'static str {
        let (mut is_array, mut is_date) = (false, false);
        // SAFETY: see above.
        unsafe {
            sys::napi_is_array(self.0, value.0, &raw mut is_array);
            sys::napi_is_date(self.0, value.0, &raw mut is_date);
        }
        if is_array {
            "an array"
        } else if is_date {
            "a Date"
        } else {
            "an object"
        }
    }

    /// The number of elements of an array.
    pub fn array_length(self, value: Value) -> u32 {
        let mut length = 0;
        // SAFETY: see above.
        unsafe { sys::napi_get_array_length(self.0, value.0, &raw mut length) };
        length
    }

    /// An element of an array.
    pub fn element(self, value: Value, index: u32) -> JsResult<Value> {
        let mut element = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_get_element(self.0, value.0, index, &raw mut element) })?;
        Ok(Value(element))
    }

    /// Runs `body` in a scope of its own, so that its values don't pile up in a long loop.
    pub fn scoped<T>(self, body: impl FnOnce() -> T) -> T {
        let mut scope = ptr::null_mut();
        // SAFETY: see above; no value of the inner scope leaves `body`, whose callers return none.
        unsafe {
            let opened = sys::napi_open_handle_scope(self.0, &raw mut scope) == sys::Status::napi_ok;
            let result = body();
            if opened {
                sys::napi_close_handle_scope(self.0, scope);
            }
            result
        }
    }

    /// `undefined`.
    pub fn undefined(self) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        unsafe { sys::napi_get_undefined(self.0, &raw mut value) };
        Value(value)
    }

    /// `null`.
    pub fn null(self) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        unsafe { sys::napi_get_null(self.0, &raw mut value) };
        Value(value)
    }

    /// A boolean.
    pub fn boolean(self, boolean: bool) -> Value {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        unsafe { sys::napi_get_boolean(self.0, boolean, &raw mut value) };
        Value(value)
    }

    /// A number.
    pub fn number(self, number: f64) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_double(self.0, number, &raw mut value) })?;
        Ok(Value(value))
    }

    /// A `BigInt`.
    pub fn bigint(self, integer: i64) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_bigint_int64(self.0, integer, &raw mut value) })?;
        Ok(Value(value))
    }

    /// A string from UTF-8. What is no UTF-8 becomes U+FFFD.
    pub fn string(self, utf8: &[u8]) -> JsResult<Value> {
        if utf8.is_ascii() {
            return self.latin1(utf8);
        }
        self.new_string(utf8.len(), |length, value| {
            // SAFETY: see above; `utf8` has `length` bytes.
            unsafe { sys::napi_create_string_utf8(self.0, utf8.as_ptr().cast(), length, value) }
        })
    }

    /// A string from Latin-1.
    pub fn latin1(self, latin1: &[u8]) -> JsResult<Value> {
        self.new_string(latin1.len(), |length, value| {
            // SAFETY: see above; `latin1` has `length` bytes.
            unsafe { sys::napi_create_string_latin1(self.0, latin1.as_ptr().cast(), length, value) }
        })
    }

    /// A string from UTF-16.
    pub fn utf16(self, utf16: &[u16]) -> JsResult<Value> {
        self.new_string(utf16.len(), |length, value| {
            // SAFETY: see above; `utf16` has `length` units.
            unsafe { sys::napi_create_string_utf16(self.0, utf16.as_ptr(), length, value) }
        })
    }

    fn new_string(
        self,
        length: usize,
        make: impl FnOnce(isize, *mut sys::napi_value) -> sys::napi_status,
    ) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        if make(isize::try_from(length).unwrap_or(isize::MAX), &raw mut value) == sys::Status::napi_ok {
            return Ok(Value(value));
        }
        if self.is_exception_pending() {
            return Err(Failure::Pending);
        }
        Err(Error::Range(format!("A string of {length} bytes is longer than JavaScript's strings can be")).into())
    }

    /// A string.
    pub fn text(self, text: &str) -> JsResult<Value> {
        self.string(text.as_bytes())
    }

    /// A `Buffer` with a copy of these bytes.
    pub fn buffer(self, bytes: &[u8]) -> JsResult<Value> {
        let (mut value, mut data) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: see above; Node-API copies the bytes, of which there may be none.
        ok(unsafe {
            sys::napi_create_buffer_copy(self.0, bytes.len(), bytes.as_ptr().cast(), &raw mut data, &raw mut value)
        })?;
        Ok(Value(value))
    }

    /// An array of these values.
    pub fn array(self, values: impl ExactSizeIterator<Item = JsResult<Value>>) -> JsResult<Value> {
        let mut array = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_array_with_length(self.0, values.len(), &raw mut array) })?;
        for (index, value) in values.enumerate() {
            // SAFETY: see above.
            ok(unsafe { sys::napi_set_element(self.0, array, index as u32, value?.0) })?;
        }
        Ok(Value(array))
    }

    /// Memory that JavaScript sees too, zeroed, and where it lies for as long as the `ArrayBuffer` lives.
    pub fn array_buffer(self, length: usize) -> JsResult<(Value, *mut u8)> {
        let (mut value, mut data) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_arraybuffer(self.0, length, &raw mut data, &raw mut value) })?;
        Ok((Value(value), data.cast()))
    }

    /// Calls a function with `undefined` as `this`.
    pub fn call(self, function: Value, arguments: &[Value]) -> JsResult<Value> {
        let mut result = ptr::null_mut();
        // SAFETY: see above; a `Value` is a `napi_value` and nothing else (a newtype of one field).
        ok(unsafe {
            let count = arguments.len();
            let arguments = arguments.as_ptr().cast::<sys::napi_value>();
            sys::napi_call_function(self.0, self.undefined().0, function.0, count, arguments, &raw mut result)
        })?;
        Ok(Value(result))
    }

    /// Whether an exception is waiting to be thrown.
    pub fn is_exception_pending(self) -> bool {
        let mut pending = false;
        // SAFETY: see above.
        unsafe { sys::napi_is_exception_pending(self.0, &raw mut pending) };
        pending
    }

    /// Throws what went wrong as its JavaScript class.
    pub fn throw(self, error: &Error, sqlite_error: Option<Value>) {
        // A failure to make the error leaves an exception pending or means that JavaScript can't run any more.
        let _ = self.try_throw(error, sqlite_error);
    }

    fn try_throw(self, error: &Error, sqlite_error: Option<Value>) -> JsResult<()> {
        let message = self.text(error.message())?;
        let none = ptr::null_mut();
        let mut thrown = ptr::null_mut();
        // SAFETY: see above; a code that is null is none.
        unsafe {
            ok(match error {
                Error::Type(_) => sys::napi_create_type_error(self.0, none, message.0, &raw mut thrown),
                Error::Range(_) => sys::napi_create_range_error(self.0, none, message.0, &raw mut thrown),
                Error::Plain(_) => sys::napi_create_error(self.0, none, message.0, &raw mut thrown),
                Error::Coded { code, .. } => {
                    sys::napi_create_error(self.0, self.text(code)?.0, message.0, &raw mut thrown)
                }
                Error::Sqlite { code, .. } => {
                    let name = crate::sqlite::code::name(*code)
                        .map_or_else(|| format!("UNKNOWN_SQLITE_ERROR_{code}"), str::to_string);
                    let name = self.text(&name)?;
                    match sqlite_error {
                        Some(class) => {
                            let arguments = [message.0, name.0];
                            sys::napi_new_instance(self.0, class.0, 2, arguments.as_ptr(), &raw mut thrown)
                        }
                        None => sys::napi_create_error(self.0, name.0, message.0, &raw mut thrown),
                    }
                }
            })?;
            ok(sys::napi_throw(self.0, thrown))
        }
    }

    /// Keeps an object or function alive.
    pub fn reference(self, value: Value) -> JsResult<Reference> {
        let mut raw = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_reference(self.0, value.0, 1, &raw mut raw) })?;
        Ok(Reference { env: self, raw })
    }

    /// A value that only this addon can look into; `data` is dropped when it is collected.
    pub fn external<T>(self, data: T) -> JsResult<Value> {
        extern "C" fn finalize<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
            // SAFETY: the box was made below and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        let mut value = ptr::null_mut();
        let data = Box::into_raw(Box::new(data));
        // SAFETY: see above; where the value can't be made, nobody else has the box.
        unsafe {
            let status =
                sys::napi_create_external(self.0, data.cast(), Some(finalize::<T>), ptr::null_mut(), &raw mut value);
            if status != sys::Status::napi_ok {
                drop(Box::from_raw(data));
                return Err(Failure::Pending);
            }
        }
        Ok(Value(value))
    }

    /// Looks into such a value.
    ///
    /// # Safety
    /// All externals that reach this addon were made with the same `T`, and the value is an argument of the call that
    /// the reference doesn't outlive.
    pub unsafe fn data<'a, T>(self, value: Value) -> Option<&'a T> {
        let mut data = ptr::null_mut();
        // SAFETY: see above, and as the caller promises.
        unsafe {
            let status = sys::napi_get_value_external(self.0, value.0, &raw mut data);
            if status == sys::Status::napi_ok { data.cast::<T>().as_ref() } else { None }
        }
    }

    /// An empty object.
    pub fn object(self) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: see above.
        ok(unsafe { sys::napi_create_object(self.0, &raw mut value) })?;
        Ok(Value(value))
    }

    /// The object that napi-rs wraps.
    pub fn of_object(object: &napi::bindgen_prelude::Object<'_>) -> Value {
        Value(napi::JsValue::raw(object))
    }

    /// Makes a function of a callback that needs no data.
    pub fn static_function(self, callback: Callback) -> JsResult<Value> {
        static NOTHING: () = ();
        // SAFETY: a static lives as long as anything.
        unsafe { self.function(callback, ptr::from_ref(&NOTHING).cast()) }
    }

    /// Sets a property of an object.
    pub fn set(self, object: Value, name: &str, value: Value) -> JsResult<()> {
        let name = self.text(name)?;
        // SAFETY: see above.
        ok(unsafe { sys::napi_set_property(self.0, object.0, name.0, value.0) })
    }

    /// Runs `hook` once when the environment ends.
    pub fn at_end<T>(self, data: Box<T>) {
        extern "C" fn end<T>(data: *mut c_void) {
            // SAFETY: the box was made by the caller and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        // SAFETY: see above.
        unsafe { sys::napi_add_env_cleanup_hook(self.0, Some(end::<T>), Box::into_raw(data).cast()) };
    }

    /// Makes a function of a callback; `data` comes back with every call.
    ///
    /// # Safety
    /// `data` lives as long as JavaScript runs in this environment.
    pub unsafe fn function(self, callback: Callback, data: *const c_void) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: see above, and as the caller promises.
        ok(unsafe {
            sys::napi_create_function(self.0, ptr::null(), 0, Some(callback), data.cast_mut(), &raw mut value)
        })?;
        Ok(Value(value))
    }
}

/// A callback as Node-API calls it.
pub type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

impl Reference {
    /// The value.
    pub fn value(&self) -> JsResult<Value> {
        let mut value = ptr::null_mut();
        // SAFETY: the reference lives until it is dropped.
        ok(unsafe { sys::napi_get_reference_value(self.env.0, self.raw, &raw mut value) })?;
        if value.is_null() { Err(Failure::Pending) } else { Ok(Value(value)) }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: dropped while the environment lives: by a call, a finaliser or the cleanup hook.
        unsafe { sys::napi_delete_reference(self.env.0, self.raw) };
    }
}

/// How many arguments a call of this addon has at most, but for statements with more parameters.
pub const ARGUMENTS: usize = 16;

/// A running call: its environment, its arguments and the data of its function.
pub struct Call {
    /// The environment.
    pub env: Env,
    few: [sys::napi_value; ARGUMENTS],
    many: Vec<sys::napi_value>,
    count: usize,
}

impl Call {
    /// How many arguments it has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// An argument; `undefined` where there is none.
    pub fn argument(&self, index: usize) -> Value {
        let values: &[_] = if self.many.is_empty() { &self.few } else { &self.many };
        values.get(index).copied().filter(|_| index < self.count).map_or_else(|| self.env.undefined(), Value)
    }
}

/// Runs the body of a callback: reads the arguments, catches a panic, returns the value or `undefined` after a throw.
///
/// # Safety
/// Called by Node-API's callback with what it was given; `T` is what the function was made with.
pub unsafe fn dispatch<T>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: impl FnOnce(&Call, &T) -> Option<Value>,
) -> sys::napi_value {
    let mut call = Call { env: Env(env), few: [ptr::null_mut(); ARGUMENTS], many: Vec::new(), count: ARGUMENTS };
    let mut data = ptr::null_mut();
    // SAFETY: as the caller promises; the arrays have the room that is told.
    let data = unsafe {
        sys::napi_get_cb_info(env, info, &raw mut call.count, call.few.as_mut_ptr(), ptr::null_mut(), &raw mut data);
        if call.count > ARGUMENTS {
            call.many = vec![ptr::null_mut(); call.count];
            let many = call.many.as_mut_ptr();
            sys::napi_get_cb_info(env, info, &raw mut call.count, many, ptr::null_mut(), ptr::null_mut());
        }
        &*data.cast::<T>()
    };
    if let Ok(value) = catch_unwind(AssertUnwindSafe(|| body(&call, data))) {
        value.map_or(ptr::null_mut(), |value| value.0)
    } else {
        call.env.throw(&Error::Plain("visual-db: an internal error; please report it".into()), None);
        ptr::null_mut()
    }
}

/// Memory that JavaScript reads right after a call: an `ArrayBuffer` that is kept alive.
pub struct SharedMemory {
    buffer: Reference,
    data: *mut u8,
    length: usize,
}

impl SharedMemory {
    /// Zeroed memory.
    pub fn new(env: Env, length: usize) -> JsResult<Self> {
        let (value, data) = env.array_buffer(length)?;
        Ok(Self { buffer: env.reference(value)?, data, length })
    }

    /// The `ArrayBuffer`.
    pub fn value(&self) -> JsResult<Value> {
        self.buffer.value()
    }

    /// Writes integers at a byte offset; what would not fit is not written.
    pub fn write_i32(&self, offset: usize, values: &[i32]) {
        self.write(offset, values);
    }

    /// Writes bytes at a byte offset; what would not fit is not written.
    pub fn write_u8(&self, offset: usize, values: &[u8]) {
        self.write(offset, values);
    }

    /// Writes 64 bits each at a byte offset; what would not fit is not written.
    pub fn write_u64(&self, offset: usize, values: &[u64]) {
        self.write(offset, values);
    }

    fn write<T: Copy>(&self, offset: usize, values: &[T]) {
        if offset + size_of_val(values) <= self.length {
            // SAFETY: the memory belongs to an `ArrayBuffer` that is never detached (only `lib/rows.js` has it) and kept
            // alive by the reference; JavaScript doesn't run meanwhile. Integers and doubles have no invalid bits.
            unsafe {
                ptr::copy_nonoverlapping(values.as_ptr().cast::<u8>(), self.data.add(offset), size_of_val(values));
            }
        }
    }
}
