//! Metadata: a JSON object that somebody keeps with a worktree, a zone or a run, and changes by JSON merge patch (RFC 7396).

use serde_json::{Map, Value};

use super::given::{Field, Given};
use super::json;
use super::run::METADATA_BYTES;
use crate::error::Result;

/// What has metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A worktree.
    Worktree,
    /// A zone.
    Zone,
    /// A run, or an execution that is only recorded.
    Run,
}

impl Kind {
    const MUST: &'static str = "one of worktree, zone, run";

    /// The kind that was given.
    ///
    /// # Errors
    /// A `TypeError` for anything else.
    pub fn given(field: Field, given: Given<'_>) -> Result<Self> {
        match given {
            Given::Text("worktree") => Ok(Self::Worktree),
            Given::Text("zone") => Ok(Self::Zone),
            Given::Text("run") => Ok(Self::Run),
            Given::Text(_) => Err(field.wrong_value(Self::MUST, &given)),
            _ => Err(field.wrong_type(Self::MUST, &given)),
        }
    }

    /// As JavaScript spells it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Worktree => "worktree",
            Self::Zone => "zone",
            Self::Run => "run",
        }
    }
}

/// A change to metadata: an object to merge, or `None` to remove all.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch(Option<Map<String, Value>>);

impl Patch {
    /// The patch that was given, as JSON text or `null`.
    ///
    /// # Errors
    /// A `TypeError` for what is no object, a `RangeError` for one that is nested too deep.
    pub fn given(field: Field, given: Given<'_>) -> Result<Self> {
        match given {
            Given::Null => Ok(Self(None)),
            Given::Text(text) => match json::parse(text) {
                Some(Value::Object(patch)) => Ok(Self(Some(patch))),
                Some(_) => Err(field.wrong_type("an object", &given)),
                None => Err(json::too_deep(field)),
            },
            _ => Err(field.wrong_type("an object", &given)),
        }
    }

    /// What it makes of metadata; `None` where that doesn't change.
    ///
    /// # Errors
    /// A `RangeError` for more than 64 KiB of JSON.
    pub fn applied(&self, field: Field, before: &Map<String, Value>) -> Result<Option<Map<String, Value>>> {
        let mut after = before.clone();
        match &self.0 {
            None => after.clear(),
            Some(patch) => merge(&mut after, patch),
        }
        if after == *before {
            return Ok(None);
        }
        let length = text(&after).len();
        if length > METADATA_BYTES {
            return Err(
                field.out_of_range(&format!("such that all of it is at most {METADATA_BYTES} bytes of JSON"), length)
            );
        }
        Ok(Some(after))
    }
}

/// The stored object; empty where there is none, or where another program stored what is no object.
#[must_use]
pub fn parse(stored: &str) -> Map<String, Value> {
    match json::parse(stored) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// The JSON text of an object.
#[must_use]
pub fn text(object: &Map<String, Value>) -> String {
    json::to_text(&Value::Object(object.clone()))
}

fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (key, change) in patch {
        match change {
            // The other keys keep their order.
            Value::Null => drop(target.shift_remove(key)),
            Value::Object(change) => {
                let member = target.entry(key).or_insert(Value::Null);
                if !member.is_object() {
                    *member = Value::Object(Map::new());
                }
                if let Value::Object(member) = member {
                    merge(member, change);
                }
            }
            change => drop(target.insert(key.clone(), change.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::refused::{is_range, is_type};
    use serde_json::json;

    const FIELD: Field = Field::new("setMetadata", "patch");

    fn patched(before: &Value, patch: &str) -> Value {
        let before = before.as_object().unwrap();
        let after = Patch::given(FIELD, Given::Text(patch)).unwrap().applied(FIELD, before).unwrap();
        Value::Object(after.unwrap_or_else(|| before.clone()))
    }

    /// The examples of RFC 7396, appendix A, whose target and patch are objects.
    #[test]
    fn a_patch_is_merged_as_rfc_7396_says() {
        for (before, patch, after) in [
            (json!({"a":"b"}), r#"{"a":"c"}"#, json!({"a":"c"})),
            (json!({"a":"b"}), r#"{"b":"c"}"#, json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), r#"{"a":null}"#, json!({})),
            (json!({"a":"b","b":"c"}), r#"{"a":null}"#, json!({"b":"c"})),
            (json!({"a":["b"]}), r#"{"a":"c"}"#, json!({"a":"c"})),
            (json!({"a":"c"}), r#"{"a":["b"]}"#, json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), r#"{"a":{"b":"d","c":null}}"#, json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), r#"{"a":[1]}"#, json!({"a":[1]})),
            (json!({"e":null}), r#"{"a":1}"#, json!({"e":null,"a":1})),
            (json!({}), r#"{"a":{"bb":{"ccc":null}}}"#, json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(patched(&before, patch), after, "{before} and {patch}");
        }
    }

    #[test]
    fn the_keys_that_stay_keep_their_order() {
        let after = patched(&json!({"c":1,"b":2,"a":{"z":1,"y":2,"x":3}}), r#"{"c":null,"d":4,"a":{"z":null},"b":5}"#);
        assert_eq!(after.to_string(), r#"{"b":5,"a":{"y":2,"x":3},"d":4}"#);
    }

    #[test]
    fn what_changes_nothing_is_none_and_null_removes_all() {
        let before = parse(r#"{"a":{"b":1},"c":2}"#);
        for patch in ["{}", r#"{"c":2}"#, r#"{"a":{}}"#, r#"{"a":{"b":1},"x":null}"#] {
            assert_eq!(Patch::given(FIELD, Given::Text(patch)).unwrap().applied(FIELD, &before), Ok(None), "{patch}");
        }
        let all = Patch::given(FIELD, Given::Null).unwrap();
        assert_eq!(all.applied(FIELD, &before), Ok(Some(Map::new())));
        assert_eq!(all.applied(FIELD, &Map::new()), Ok(None));
    }

    #[test]
    fn what_is_stored_that_is_no_object_counts_as_nothing() {
        for stored in ["", "[1]", "{", "7"] {
            assert_eq!(parse(stored), Map::new(), "{stored:?}");
        }
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        for given in [Given::Undefined, Given::Number(1.0), Given::Text("[]"), Given::Text("1")] {
            assert!(is_type(Patch::given(FIELD, given)), "{given:?}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(json::DEEPEST), "]".repeat(json::DEEPEST));
        assert!(is_range(Patch::given(FIELD, Given::Text(&deep))));
        assert!(is_type(Kind::given(FIELD, Given::Text("execution"))));
    }

    #[test]
    fn all_of_it_is_at_most_64_kibibytes() {
        let patch = |length| Patch(Some(Map::from_iter([("a".to_string(), json!("x".repeat(length)))])));
        let most = METADATA_BYTES - r#"{"a":""}"#.len();
        assert!(patch(most).applied(FIELD, &Map::new()).is_ok());
        assert!(is_range(patch(most + 1).applied(FIELD, &Map::new())));
        // What was there counts as well, unless it is replaced.
        assert!(is_range(patch(most).applied(FIELD, &parse(r#"{"b":1}"#))));
        assert!(patch(most).applied(FIELD, &parse(r#"{"a":[1,2,3]}"#)).is_ok());
    }
}
