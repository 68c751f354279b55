//! An execution: a run of an agent that was recorded, and its id.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::entity::{Declaration, Entity, Holds, New};

/// The fields of an execution.
pub const EXECUTION: Entity = Entity {
    name: "execution",
    table: "zone_executions",
    fields: &[
        Declaration::new("id", "id", Holds::Id).made(New::Set),
        Declaration::new("zone_id", "zoneId", Holds::Id),
        Declaration::new("worktree_id", "worktreeId", Holds::Id),
        Declaration::new("agent_type", "agentType", Holds::Text),
        Declaration::new("prompt", "prompt", Holds::Text),
        Declaration::new("result", "result", Holds::Json { missing: "{}" }),
        Declaration::new("success", "success", Holds::Boolean),
        Declaration::new("executed_at", "executedAt", Holds::Time).made(New::Set),
    ],
};

/// A new id: `exec-<milliseconds>-<base 36>`.
///
/// The last part is a counter of this process. It starts at a random number and is spread over 64 bits by a bijection, so that ids of
/// one process never collide, and those of two only as random 64-bit numbers would.
#[must_use]
pub fn new_id(milliseconds: f64) -> String {
    let milliseconds = if milliseconds.is_finite() { milliseconds.max(0.0) as u64 } else { 0 };
    let mut id = String::with_capacity(40);
    id.push_str("exec-");
    id.push_str(&milliseconds.to_string());
    id.push('-');
    push_base36(&mut id, random());
    id
}

/// A random number, another one each time.
#[must_use]
pub fn random() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    spread(SEED.get_or_init(seed).wrapping_add(COUNTER.fetch_add(1, Ordering::Relaxed)))
}

fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library's hash keys are the operating system's random bytes.
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos()));
    hasher.finish()
}

/// A bijection on 64-bit numbers that looks random (the finaliser of `SplitMix64`).
fn spread(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn push_base36(text: &mut String, mut number: u64) {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 36) as usize];
        number /= 36;
    }
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Given, Stored};

    #[test]
    fn ids_never_collide_and_have_their_form() {
        let ids: std::collections::HashSet<String> = (0..100_000).map(|_| new_id(1_795_377_715_679.0)).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| {
            let tail = id.strip_prefix("exec-1795377715679-").unwrap_or_default();
            tail.len() == 13 && tail.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        }));
    }

    #[test]
    fn an_execution_needs_both_ids() {
        let none = Given::Undefined;
        let mut given = [none, Given::Text("wt"), Given::Text("qa"), Given::Text(""), none, Given::Boolean(true)];
        let stored = |given: &[Given<'static>]| EXECUTION.stored("recordExecution", given, &["exec-1-1", "now"], "now");
        assert!(stored(&given).is_err());
        given[0] = Given::Text("z");
        assert_eq!(stored(&given).map(|stored| stored[6..].to_vec()), Ok(vec![Stored::Integer(1), "now".into()]));
    }
}
