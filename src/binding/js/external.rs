//! Externals: values that only this addon can read.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use napi::sys;

use super::{Env, JsResult, Value, ok};

/// What can be handed to JavaScript as an external.
///
/// # Safety
/// No other type of this addon has the same `TAG`.
pub unsafe trait External: 'static {
    /// Tells it from this addon's other externals.
    const TAG: u64;
}

/// A byte of this library: another copy of the library in the same process, maybe of another version, has it elsewhere.
static OURS: u8 = 0;

/// Tells an external from those of anybody else.
fn tag<T: External>() -> sys::napi_type_tag {
    sys::napi_type_tag { lower: T::TAG, upper: (&raw const OURS).addr() as u64 }
}

const SLOTS: usize = 64;

/// Addresses of data whose tag was checked, with that tag: asking Node takes longer than everything else. An address is forgotten
/// before its data is dropped; until then nothing else can have it, on any thread.
static KNOWN: [AtomicU64; SLOTS] = [const { AtomicU64::new(0) }; SLOTS];

fn slot(address: usize) -> &'static AtomicU64 {
    &KNOWN[(address >> 6) % SLOTS]
}

/// An address with a tag in its highest byte, which addresses leave free.
fn entry(address: usize, tag: u64) -> u64 {
    address as u64 ^ (tag << 56)
}

impl Env {
    /// A value that only this addon can read; `data` is dropped when the garbage collector frees it.
    pub fn external<T: External>(self, data: T) -> JsResult<Value> {
        extern "C" fn finalize<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
            slot(data.addr()).store(0, Ordering::Relaxed);
            // SAFETY: the box was made below and is handed back once. A panic must not reach C.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(data.cast::<T>()) })));
        }
        let mut value = ptr::null_mut();
        let data = Box::into_raw(Box::new(data));
        // SAFETY: the environment and the values are the running call's; if the value can't be made, the box is still ours alone.
        unsafe {
            let made =
                sys::napi_create_external(self.0, data.cast(), Some(finalize::<T>), ptr::null_mut(), &raw mut value);
            if let Err(failure) = ok(made) {
                drop(Box::from_raw(data));
                return Err(failure);
            }
            ok(sys::napi_type_tag_object(self.0, value, &tag::<T>()))?;
        }
        Ok(Value(value))
    }

    /// The data of such a value; `None` for anything else, such as another addon's external.
    pub(super) fn external_data<T: External>(self, value: Value) -> Option<*const T> {
        let mut data = ptr::null_mut();
        // SAFETY: the environment and the values are the running call's.
        ok(unsafe { sys::napi_get_value_external(self.0, value.0, &raw mut data) }).ok()?;
        let entry = entry(data.addr(), T::TAG);
        if slot(data.addr()).load(Ordering::Relaxed) != entry {
            let mut is_ours = false;
            // SAFETY: the environment and the values are the running call's; it is an external.
            ok(unsafe { sys::napi_check_object_type_tag(self.0, value.0, &tag::<T>(), &raw mut is_ours) }).ok()?;
            if !is_ours {
                return None;
            }
            slot(data.addr()).store(entry, Ordering::Relaxed);
        }
        Some(data.cast_const().cast())
    }
}
