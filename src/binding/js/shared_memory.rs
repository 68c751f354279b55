//! Memory that JavaScript sees, too.

use std::ptr;

use super::{Env, Failure, JsResult, Reference, Value};
use crate::error::Error;
use crate::rows::layout::Part;

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

    /// Writes integers at the beginning of a part.
    pub fn write_i32(&self, part: Part, values: &[i32]) -> JsResult<()> {
        self.write(part, values)
    }

    /// Writes bytes at the beginning of a part.
    pub fn write_u8(&self, part: Part, values: &[u8]) -> JsResult<()> {
        self.write(part, values)
    }

    /// Writes 64-bit values at the beginning of a part.
    pub fn write_u64(&self, part: Part, values: &[u64]) -> JsResult<()> {
        self.write(part, values)
    }

    fn write<T: Copy>(&self, part: Part, values: &[T]) -> JsResult<()> {
        let bytes = size_of_val(values);
        if bytes > part.length() || part.end() > self.length {
            return Err(no_room(bytes, part));
        }
        // SAFETY: the range is within the memory, as just checked. That belongs to an `ArrayBuffer` that is never detached (only
        // `lib/native/rows.js` has it) and kept alive by the reference; JavaScript doesn't run meanwhile. Integers have no invalid bits.
        unsafe { ptr::copy_nonoverlapping(values.as_ptr().cast::<u8>(), self.data.add(part.start()), bytes) };
        Ok(())
    }
}

#[cold]
fn no_room(bytes: usize, part: Part) -> Failure {
    Error::internal(&format!("{bytes} bytes don't fit into {} bytes of shared memory", part.length())).into()
}
