//! Memory that JavaScript sees, too.

use std::ptr;

use super::{Env, JsResult, Reference, Value};

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
            // SAFETY: the memory belongs to an `ArrayBuffer` that is never detached (only `lib/native/rows.js` has it) and kept
            // alive by the reference; JavaScript doesn't run meanwhile. Integers and doubles have no invalid bits.
            unsafe {
                ptr::copy_nonoverlapping(values.as_ptr().cast::<u8>(), self.data.add(offset), size_of_val(values));
            }
        }
    }
}
