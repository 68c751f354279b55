//! The filter of a list, as SQL.

use crate::engine::postgres::client::value::Value;

/// Conditions, and their values.
#[derive(Default, Clone)]
pub(super) struct Conditions<'a> {
    conditions: Vec<String>,
    pub values: Vec<Value<'a>>,
}

impl<'a> Conditions<'a> {
    /// Adds a value: the parameter that stands for it.
    pub fn value(&mut self, value: impl Into<Value<'a>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds a condition in which `?` is a value.
    pub fn and(&mut self, condition: &str, value: impl Into<Value<'a>>) {
        let place = self.value(value);
        self.conditions.push(condition.replace('?', &place));
    }

    /// Adds a condition without a value.
    pub fn also(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Adds that something is one of these names, where any are given.
    pub fn among(&mut self, condition: &str, names: Option<&[&'a str]>) {
        match names {
            // `=` for a single one: an index can give the order of time then.
            Some([name]) => self.and(&condition.replace("ANY (?)", "?"), *name),
            Some(names) => self.and(condition, Value::Texts(names.to_vec())),
            None => {}
        }
    }

    /// All of them, joined.
    pub fn text(&self) -> String {
        if self.conditions.is_empty() { "true".into() } else { self.conditions.join(" AND ") }
    }
}
