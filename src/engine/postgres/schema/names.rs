//! What is named after a board: its schema in SQL, the numbers of its locks.

/// The schema as a quoted identifier.
#[must_use]
pub fn quoted(schema: &str) -> String {
    format!("\"{}\"", schema.replace('"', "\"\""))
}

/// What a statement says, with `{s}` for the schema.
#[must_use]
pub fn within(schema: &str, sql: &str) -> String {
    sql.replace("{s}", &quoted(schema))
}

/// The number of the advisory lock that every writer of a board takes. Each database has locks of its own already.
#[must_use]
pub fn lock(schema: &str) -> i64 {
    const OURS: u64 = 0x5644_4231;
    // FNV-1a, written out: the number has to be the same in every version.
    let hash = schema.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (OURS << 32 | u64::from(hash)) as i64
}

/// The number of the lock that makes claims wait for one another, of a board whose lock is `lock`.
#[must_use]
pub const fn gate(lock: i64) -> i64 {
    lock.wrapping_add(1 << 32)
}

/// The number of the lock that lets one pruner at a time do a step.
#[must_use]
pub const fn pruning(lock: i64) -> i64 {
    lock.wrapping_add(2 << 32)
}

/// The number of the lock that lets one writer at a time write to the search's index.
#[must_use]
pub const fn indexing(lock: i64) -> i64 {
    lock.wrapping_add(7 << 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_whatever_is_in_it() {
        assert_eq!(within("a\"b", "SELECT 1 FROM {s}.t"), "SELECT 1 FROM \"a\"\"b\".t");
    }

    #[test]
    fn a_schema_has_its_lock_for_ever() {
        assert_eq!(lock("visual_db"), 6_216_166_166_909_244_576);
        assert_ne!(lock("a"), lock("b"));
        assert_eq!(gate(lock("visual_db")), 6_216_166_171_204_211_872);
        assert_eq!(pruning(lock("visual_db")), 6_216_166_175_499_179_168);
        assert_eq!(indexing(lock("visual_db")), 6_216_166_196_974_015_648);
    }
}
