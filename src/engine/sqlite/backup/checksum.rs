//! The checksum of a backup.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::engine::sha256::hex;
use crate::engine::sqlite::driver::page_bytes::PageBytes;
use crate::error::Result;

/// SHA-256 of the file under a connection, in hexadecimal.
pub fn sha256(connection: &Connection) -> Result<String> {
    let bytes = PageBytes::of(connection);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let size = bytes.len()?;
    let mut offset = 0;
    while offset < size {
        let part = (size - offset).min(buffer.len() as u64) as usize;
        bytes.read(&mut buffer[..part], offset)?;
        hash.update(&buffer[..part]);
        offset += part as u64;
    }
    Ok(hex(hash))
}
