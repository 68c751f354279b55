//! The checked fields of a new run.

use std::borrow::Cow;

use super::bounds::{MAX_ATTEMPTS, TIMEOUT_MS};
use super::fields::RUN;
use super::state::New;
use crate::error::Result;
use crate::model::given::{Field, Given};
use crate::model::number::MAX_SAFE_INTEGER;
use crate::model::rules::{self, whole};

/// The largest metadata of anything, in bytes of its JSON: 64 KiB.
pub const METADATA_BYTES: usize = 64 * 1024;

/// The range of a priority: what JavaScript counts exactly.
const ANY: std::ops::RangeInclusive<i64> = -(MAX_SAFE_INTEGER as i64)..=MAX_SAFE_INTEGER as i64;

/// JavaScript's range of times.
const INSTANT: std::ops::RangeInclusive<i64> = -8_640_000_000_000_000..=8_640_000_000_000_000;

/// What is wanted: the fields of a new run, checked and with their defaults. For a retry, the old run's with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The zone.
    pub zone_id: Cow<'a, str>,
    /// The worktree.
    pub worktree_id: Cow<'a, str>,
    /// The agent.
    pub agent_type: Cow<'a, str>,
    /// What the agent is told.
    pub prompt: Cow<'a, str>,
    /// A run with a higher one is claimed first.
    pub priority: i64,
    /// How many attempts it has.
    pub max_attempts: u32,
    /// How long an attempt may be worked on.
    pub timeout_ms: Option<i64>,
    /// Makes the same wish the same run, while that is open.
    pub idempotency_key: Option<Cow<'a, str>>,
    /// The run that it is a part of.
    pub parent_run_id: Option<Cow<'a, str>>,
    /// When it may be claimed; `None` is at once.
    pub available_at: Option<i64>,
    /// Any JSON, as text.
    pub metadata: Option<Cow<'a, str>>,
}

impl<'a> Wanted<'a> {
    /// A run of an agent, with the fields that every run has.
    #[must_use]
    pub const fn of(zone_id: &'a str, worktree_id: &'a str, agent_type: &'a str, prompt: &'a str) -> Self {
        Self {
            zone_id: Cow::Borrowed(zone_id),
            worktree_id: Cow::Borrowed(worktree_id),
            agent_type: Cow::Borrowed(agent_type),
            prompt: Cow::Borrowed(prompt),
            priority: 0,
            max_attempts: 1,
            timeout_ms: None,
            idempotency_key: None,
            parent_run_id: None,
            available_at: None,
            metadata: None,
        }
    }

    /// The values that `method` was given for the fields of a new [`RUN`], in their order. `before` is the run that is retried: what isn't
    /// given stays as it was there.
    ///
    /// # Errors
    /// The first field that breaks its rule.
    pub fn given(method: &'static str, given: &[Given<'a>], before: Option<Self>, nth: usize) -> Result<Self> {
        let is_retry = before.is_some();
        let mut wanted = before.unwrap_or_else(|| Self::of("", "", "", ""));
        for (at, declared) in RUN.given().enumerate() {
            let given = given.get(at).copied().unwrap_or(Given::Undefined);
            if !(is_retry && given == Given::Undefined) {
                wanted.take(Field::new(method, declared.name).behind(nth + at), given)?;
            }
        }
        Ok(wanted)
    }

    fn take(&mut self, field: Field, given: Given<'a>) -> Result<()> {
        match field.name {
            "zoneId" => self.zone_id = rules::id(field, given)?.into(),
            "worktreeId" => self.worktree_id = rules::id(field, given)?.into(),
            "agentType" => self.agent_type = rules::id(field, given)?.into(),
            "prompt" => {
                let prompt = rules::string(field, given)?;
                self.prompt = prompt.ok_or_else(|| field.wrong_type("a string", &given))?.into();
            }
            "priority" => self.priority = whole_or(field, given, &ANY)?.unwrap_or(0),
            "maxAttempts" => self.max_attempts = whole_or(field, given, &MAX_ATTEMPTS)?.unwrap_or(1) as u32,
            "timeoutMs" => self.timeout_ms = whole_or(field, given, &TIMEOUT_MS)?,
            "idempotencyKey" => self.idempotency_key = optional_id(field, given)?,
            "parentRunId" => self.parent_run_id = optional_id(field, given)?,
            "availableAt" => self.available_at = whole_or(field, given, &INSTANT)?,
            "metadata" => self.metadata = metadata(field, given)?,
            _ => {}
        }
        Ok(())
    }

    /// The part that decides about its life.
    #[must_use]
    pub const fn life(&self) -> New {
        New { available_at: self.available_at, max_attempts: self.max_attempts, timeout_ms: self.timeout_ms }
    }
}

fn whole_or(field: Field, given: Given<'_>, range: &std::ops::RangeInclusive<i64>) -> Result<Option<i64>> {
    if given.is_missing() { Ok(None) } else { whole(field, given, range).map(Some) }
}

fn optional_id(field: Field, given: Given<'_>) -> Result<Option<Cow<'_, str>>> {
    if given.is_missing() { Ok(None) } else { rules::id(field, given).map(|id| Some(id.into())) }
}

fn metadata(field: Field, given: Given<'_>) -> Result<Option<Cow<'_, str>>> {
    match rules::string(field, given)? {
        Some(text) if text.len() > METADATA_BYTES => {
            Err(field.out_of_range(&format!("at most {METADATA_BYTES} bytes of JSON"), text.len()))
        }
        text => Ok(text.map(Cow::Borrowed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    const NONE: Given<'static> = Given::Undefined;

    fn minimal() -> [Given<'static>; 11] {
        let mut given = [NONE; 11];
        for (at, text) in ["qa", "wt-1", "claude", "do it"].into_iter().enumerate() {
            given[at] = Given::Text(text);
        }
        given
    }

    fn with(name: &str, value: Given<'static>) -> Result<Wanted<'static>> {
        let mut given = minimal();
        given[RUN.given().position(|field| field.name == name).unwrap()] = value;
        Wanted::given("enqueueRun", &given, None, 0)
    }

    #[test]
    fn every_field_that_is_given_is_taken() {
        assert_eq!(RUN.given().count(), minimal().len());
        let wanted = Wanted::given("enqueueRun", &minimal(), None, 0).unwrap();
        let changed = |name, value| with(name, value).unwrap() != wanted;
        let text = Given::Text("other");
        for name in ["zoneId", "worktreeId", "agentType", "prompt", "idempotencyKey", "parentRunId", "metadata"] {
            assert!(changed(name, text), "{name}");
        }
        for name in ["priority", "maxAttempts", "timeoutMs", "availableAt"] {
            assert!(changed(name, Given::Number(7.0)), "{name}");
        }
    }

    #[test]
    fn what_is_missing_or_absurd_is_refused_with_its_field() {
        for (name, value, is_range) in [
            ("zoneId", NONE, false),
            ("worktreeId", Given::Text(""), false),
            ("agentType", Given::Number(7.0), false),
            ("prompt", Given::Null, false),
            ("priority", Given::Number(0.5), true),
            ("maxAttempts", Given::Number(0.0), true),
            ("timeoutMs", Given::Number(-1.0), true),
            ("timeoutMs", Given::Text("1000"), false),
            ("availableAt", Given::Number(1e17), true),
            ("idempotencyKey", Given::Text(""), false),
            ("parentRunId", Given::Boolean(true), false),
        ] {
            let refused = with(name, value).unwrap_err();
            assert_eq!(matches!(refused.parts().0, Error::Range(_)), is_range, "{name}");
            assert_eq!(refused.parts().1.and_then(|facts| facts.field), Some(name));
        }
    }

    #[test]
    fn metadata_is_at_most_64_kibibytes() {
        let text: &'static str = "x".repeat(METADATA_BYTES + 1).leak();
        assert!(with("metadata", Given::Text(&text[1..])).is_ok());
        assert!(matches!(with("metadata", Given::Text(text)).unwrap_err().parts().0, Error::Range(_)));
    }

    #[test]
    fn a_retry_keeps_what_is_not_given_and_null_clears() {
        let before = with("timeoutMs", Given::Number(5.0)).unwrap();
        let mut given = [NONE; 11];
        assert_eq!(Wanted::given("retryRun", &given, Some(before.clone()), 1), Ok(before.clone()));
        given[RUN.given().position(|field| field.name == "timeoutMs").unwrap()] = Given::Null;
        let cleared = Wanted { timeout_ms: None, ..before.clone() };
        assert_eq!(Wanted::given("retryRun", &given, Some(before), 1), Ok(cleared));
    }
}
