//! The filters on a worktree's branch and metadata.

use serde_json::{Map, Value};

/// A branch, in which each `*` stands for any text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern<'a>(&'a str);

impl<'a> Pattern<'a> {
    /// A pattern as the caller gave it.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text before the first `*`.
    #[must_use]
    pub fn prefix(&self) -> &'a str {
        self.parts().next().unwrap_or_default()
    }

    /// Whether it has no `*`: it is the branch's whole name.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// The texts between which there is a `*`.
    pub fn parts(&self) -> impl Iterator<Item = &'a str> {
        self.0.split('*')
    }

    /// Whether a branch matches it.
    #[must_use]
    pub fn takes(&self, branch: &str) -> bool {
        if self.is_exact() {
            return self.0 == branch;
        }
        let Some(mut rest) = branch.strip_prefix(self.prefix()) else { return false };
        let mut parts = self.parts().skip(1).peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

/// Whether metadata that is stored as this text has all that is asked for.
#[must_use]
pub fn holds(text: &str, asked: &Value) -> bool {
    has(&serde_json::from_str(text).unwrap_or_else(|_| Value::Object(Map::new())), asked)
}

/// Whether a value has what is asked for: an object needs each of the members, `null` stands for a missing one; all else has to be equal.
fn has(found: &Value, asked: &Value) -> bool {
    match (found, asked) {
        (Value::Object(found), Value::Object(asked)) => {
            asked.iter().all(|(key, asked)| found.get(key).map_or_else(|| asked.is_null(), |found| has(found, asked)))
        }
        (Value::Number(found), Value::Number(asked)) => found.as_f64() == asked.as_f64(),
        _ => found == asked,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, branch, takes) in [
            ("main", "main", true),
            ("main", "main2", false),
            ("feature/*", "feature/", true),
            ("feature/*", "feature/a/b", true),
            ("feature/*", "fix/feature/a", false),
            ("*", "", true),
            ("*login*", "feature/login-2", true),
            ("*login", "feature/login-2", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*ab*b", "aab", false),
            ("*ab*b", "abab", true),
            ("f?o", "foo", false),
        ] {
            assert_eq!(Pattern::new(pattern).takes(branch), takes, "{pattern} {branch}");
        }
    }

    #[test]
    fn an_object_has_the_members_that_are_asked_for() {
        let found = json!({ "a": 1, "b": { "c": [1, 2], "d": "x" } });
        for (asked, is) in [
            (json!({}), true),
            (json!({ "a": 1.0 }), true),
            (json!({ "a": "1" }), false),
            (json!({ "b": { "d": "x" } }), true),
            (json!({ "b": { "c": [1] } }), false),
            (json!({ "e": null }), true),
            (json!({ "a": null }), false),
        ] {
            assert_eq!(has(&found, &asked), is, "{asked}");
        }
    }
}
