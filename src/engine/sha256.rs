//! Checksums of migrations and backups, as text.

use sha2::{Digest, Sha256};

/// The hash of all that went into `hasher`, in hexadecimal.
#[must_use]
pub fn hex(hasher: Sha256) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    hasher.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The checksum of a text, the same whichever way its lines end.
#[must_use]
pub fn of_text(text: &str) -> String {
    hex(Sha256::new_with_prefix(text.replace("\r\n", "\n")))
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn a_text_has_one_checksum_whichever_way_its_lines_end() {
        // The standard's own example (FIPS 180-4).
        assert_eq!(of_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(of_text("a\r\nb\r\n"), of_text("a\nb\n"));
        assert_ne!(of_text("a\nb"), of_text("a\n b"));
    }
}
