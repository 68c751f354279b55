//! A recorded run of an agent: what a new one may hold, and its id.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::given::{Field, Given};
use super::rules::{self, Stored};
use crate::error::Result;

/// A run to record, as it was given. `result` is JSON text already, or missing.
#[derive(Debug, Clone, Copy)]
pub struct NewExecution<'a> {
    /// The zone that started it.
    pub zone_id: Given<'a>,
    /// The worktree it ran in.
    pub worktree_id: Given<'a>,
    /// The agent that ran.
    pub agent_type: Given<'a>,
    /// What the agent was told.
    pub prompt: Given<'a>,
    /// What came of it, as JSON text.
    pub result: Given<'a>,
    /// Whether it succeeded.
    pub success: bool,
}

impl<'a> NewExecution<'a> {
    /// What is stored, in the order of the columns.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored(&self, method: &'static str, id: &'a str, now: &'a str) -> Result<[Stored<'a>; 8]> {
        let field = |name| Field::new(method, name);
        Ok([
            id.into(),
            rules::id(field("zoneId"), self.zone_id)?.into(),
            rules::id(field("worktreeId"), self.worktree_id)?.into(),
            rules::text(field("agentType"), self.agent_type)?.into(),
            rules::text(field("prompt"), self.prompt)?.into(),
            rules::text(field("result"), self.result)?.into(),
            Stored::Integer(i64::from(self.success)),
            now.into(),
        ])
    }
}

/// A new id: `exec-<milliseconds>-<base 36>`.
///
/// The last part is a counter of this process that starts at a random place and is spread over 64 bits by a
/// bijection, so that ids of one process never collide and those of two only as random 64-bit numbers would.
#[must_use]
pub fn new_id(milliseconds: f64) -> String {
    static SEED: OnceLock<u64> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = SEED.get_or_init(seed).wrapping_add(COUNTER.fetch_add(1, Ordering::Relaxed));
    let milliseconds = if milliseconds.is_finite() { milliseconds.max(0.0) as u64 } else { 0 };
    format!("exec-{milliseconds}-{}", base36(spread(count)))
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

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 36) as usize];
        number /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let execution = NewExecution {
            zone_id: Given::Undefined,
            worktree_id: Given::Text("wt"),
            agent_type: Given::Text("qa"),
            prompt: Given::Text(""),
            result: Given::Undefined,
            success: true,
        };
        assert!(execution.stored("recordExecution", "exec-1-1", "now").is_err());
    }
}
