//! Registering application-defined functions and aggregates, and the callbacks by which SQLite calls them.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use rusqlite::ffi;

use super::column::slice;
use super::connection::Connection;
use super::function::{Aggregate, Argument, Output, Scalar, Signature};
use crate::error::Result;

/// What SQLite keeps for a registered function: a thin pointer to one of these.
type Function = Box<dyn Scalar>;
type Windowed = Box<dyn Aggregate>;

/// What SQLite keeps for a group: null until the first step.
struct Group {
    /// `None` once something threw.
    accumulator: Option<Box<dyn Any>>,
    is_window: bool,
}

impl Connection {
    /// Registers a scalar function.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, SQLite's error.
    pub fn create_function(&self, signature: &Signature<'_>, function: Box<dyn Scalar>) -> Result<()> {
        let raw = self.raw()?;
        let data: *mut Function = Box::into_raw(Box::new(function));
        // SAFETY: the handle is open. `data` is a box that SQLite hands to `destroy` once, also where registering fails.
        let code = unsafe {
            ffi::sqlite3_create_function_v2(
                raw,
                signature.c_name().as_ptr(),
                signature.arguments,
                signature.flags(),
                data.cast(),
                Some(call),
                None,
                None,
                Some(destroy::<Function>),
            )
        };
        self.check(code)
    }

    /// Registers an aggregate; with `windows` one that can also be used as a window function.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, SQLite's error.
    pub fn create_aggregate(
        &self,
        signature: &Signature<'_>,
        aggregate: Box<dyn Aggregate>,
        windows: bool,
    ) -> Result<()> {
        let raw = self.raw()?;
        let data: *mut Windowed = Box::into_raw(Box::new(aggregate));
        // SAFETY: the handle is open. SQLite owns the data from here on and hands it to `destroy` once, also where this fails.
        let code = unsafe {
            ffi::sqlite3_create_window_function(
                raw,
                signature.c_name().as_ptr(),
                signature.arguments,
                signature.flags(),
                data.cast(),
                Some(step),
                Some(finish),
                if windows { Some(value) } else { None },
                if windows { Some(inverse) } else { None },
                Some(destroy::<Windowed>),
            )
        };
        self.check(code)
    }
}

extern "C" fn destroy<T>(data: *mut c_void) {
    // SAFETY: SQLite hands back, once, the box it was given. A panic in a destructor must not reach C.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
}

/// The arguments of a call.
///
/// # Safety
/// `values` are the `count` values that SQLite passed to the callback.
unsafe fn arguments<'a>(count: c_int, values: *mut *mut ffi::sqlite3_value) -> Vec<Argument<'a>> {
    (0..count as usize)
        .map(|index| {
            // SAFETY: each value is valid while the callback runs and read as the type it has.
            unsafe {
                let value = *values.add(index);
                match ffi::sqlite3_value_type(value) {
                    ffi::SQLITE_INTEGER => Argument::Integer(ffi::sqlite3_value_int64(value)),
                    ffi::SQLITE_FLOAT => Argument::Real(ffi::sqlite3_value_double(value)),
                    ffi::SQLITE_TEXT => {
                        let text = ffi::sqlite3_value_text(value);
                        Argument::Text(slice(text, ffi::sqlite3_value_bytes(value)))
                    }
                    ffi::SQLITE_BLOB => {
                        let blob = ffi::sqlite3_value_blob(value);
                        Argument::Blob(slice(blob.cast(), ffi::sqlite3_value_bytes(value)))
                    }
                    _ => Argument::Null,
                }
            }
        })
        .collect()
}

/// Hands the output to SQLite.
fn answer(context: *mut ffi::sqlite3_context, output: &Output) {
    // SAFETY: the context is valid while the callback runs; text and blobs are copied.
    unsafe {
        match output {
            Output::Null => ffi::sqlite3_result_null(context),
            Output::Integer(value) => ffi::sqlite3_result_int64(context, *value),
            Output::Real(value) => ffi::sqlite3_result_double(context, *value),
            Output::Text(text) => ffi::sqlite3_result_text64(
                context,
                text.as_ptr().cast(),
                text.len() as u64,
                ffi::SQLITE_TRANSIENT(),
                ffi::SQLITE_UTF8 as u8,
            ),
            Output::Blob(blob) if blob.is_empty() => ffi::sqlite3_result_zeroblob(context, 0),
            Output::Blob(blob) => {
                ffi::sqlite3_result_blob64(context, blob.as_ptr().cast(), blob.len() as u64, ffi::SQLITE_TRANSIENT());
            }
            Output::Thrown => ffi::sqlite3_result_error(context, c"".as_ptr(), 0),
        }
    }
}

/// Runs a callback's body; a panic becomes an error of the statement.
fn guarded(context: *mut ffi::sqlite3_context, run: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(run)).is_err() {
        answer(context, &Output::Thrown);
    }
}

extern "C" fn call(context: *mut ffi::sqlite3_context, count: c_int, values: *mut *mut ffi::sqlite3_value) {
    guarded(context, || {
        // SAFETY: the data is the box given at registration; the values are this call's.
        let (function, arguments) =
            unsafe { (&*ffi::sqlite3_user_data(context).cast::<Function>(), arguments(count, values)) };
        answer(context, &function.call(&arguments));
    });
}

/// The group of this context, made on the first call; `None` when SQLite is out of memory.
///
/// # Safety
/// Called from a callback of an aggregate with its own context.
unsafe fn group<'a>(context: *mut ffi::sqlite3_context, aggregate: &dyn Aggregate) -> Option<&'a mut Group> {
    // SAFETY: SQLite gives zeroed memory for one pointer that lives as long as the group.
    unsafe {
        let slot = ffi::sqlite3_aggregate_context(context, size_of::<*mut Group>() as c_int).cast::<*mut Group>();
        if slot.is_null() {
            return None;
        }
        if (*slot).is_null() {
            let accumulator = aggregate.start();
            if accumulator.is_none() {
                answer(context, &Output::Thrown);
            }
            *slot = Box::into_raw(Box::new(Group { accumulator, is_window: false }));
        }
        Some(&mut **slot)
    }
}

fn take(context: *mut ffi::sqlite3_context, count: c_int, values: *mut *mut ffi::sqlite3_value, forward: bool) {
    guarded(context, || {
        // SAFETY: the data is the box given at registration; the values are this call's.
        let (aggregate, arguments) =
            unsafe { (&**ffi::sqlite3_user_data(context).cast::<Windowed>(), arguments(count, values)) };
        // SAFETY: called from an aggregate's callback.
        let Some(group) = (unsafe { group(context, aggregate) }) else { return };
        let Some(accumulator) = group.accumulator.as_deref_mut() else { return };
        let stepped =
            if forward { aggregate.step(accumulator, &arguments) } else { aggregate.inverse(accumulator, &arguments) };
        if stepped.is_err() {
            group.accumulator = None;
            answer(context, &Output::Thrown);
        }
    });
}

extern "C" fn step(context: *mut ffi::sqlite3_context, count: c_int, values: *mut *mut ffi::sqlite3_value) {
    take(context, count, values, true);
}

extern "C" fn inverse(context: *mut ffi::sqlite3_context, count: c_int, values: *mut *mut ffi::sqlite3_value) {
    take(context, count, values, false);
}

fn tell(context: *mut ffi::sqlite3_context, group: &mut Group, aggregate: &dyn Aggregate) {
    let Some(accumulator) = group.accumulator.as_deref() else { return };
    let output = aggregate.value(accumulator);
    if matches!(output, Output::Thrown) {
        group.accumulator = None;
    }
    answer(context, &output);
}

extern "C" fn value(context: *mut ffi::sqlite3_context) {
    guarded(context, || {
        // SAFETY: the data is the box given at registration.
        let aggregate = unsafe { &**ffi::sqlite3_user_data(context).cast::<Windowed>() };
        // SAFETY: called from an aggregate's callback.
        let Some(group) = (unsafe { group(context, aggregate) }) else { return };
        group.is_window = true;
        tell(context, group, aggregate);
    });
}

extern "C" fn finish(context: *mut ffi::sqlite3_context) {
    guarded(context, || {
        // SAFETY: the data is the box given at registration.
        let aggregate = unsafe { &**ffi::sqlite3_user_data(context).cast::<Windowed>() };
        // SAFETY: called from an aggregate's callback; a group without rows gets its accumulator here.
        let Some(group) = (unsafe { group(context, aggregate) }) else { return };
        // A window's last value was told by `value` already.
        if !group.is_window {
            tell(context, group, aggregate);
        }
        let group = ptr::from_mut(group);
        // SAFETY: this is the last callback of the group, and the slot is cleared before the box is dropped.
        unsafe {
            *ffi::sqlite3_aggregate_context(context, 0).cast::<*mut Group>() = ptr::null_mut();
            drop(Box::from_raw(group));
        }
    });
}
