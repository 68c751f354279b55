//! What a list is asked for, as SQL.

use crate::engine::postgres::client::value::Value;

/// Conditions, and the values that stand in them.
#[derive(Default, Clone)]
pub(super) struct Conditions<'a> {
    conditions: Vec<String>,
    pub values: Vec<Value<'a>>,
}

impl<'a> Conditions<'a> {
    /// A value: what stands for it.
    pub fn value(&mut self, value: impl Into<Value<'a>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// A condition in which `?` is a value.
    pub fn and(&mut self, condition: &str, value: impl Into<Value<'a>>) {
        let place = self.value(value);
        self.conditions.push(condition.replace('?', &place));
    }

    /// A condition without a value.
    pub fn also(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// That something is one of these, where any are named.
    pub fn among(&mut self, condition: &str, names: Option<&[&'a str]>) {
        match names {
            // One of one is what an index in the order of time is for.
            Some([name]) => self.and(&condition.replace("ANY (?)", "?"), *name),
            Some(names) => self.and(condition, Value::Texts(names.to_vec())),
            None => {}
        }
    }

    /// All of them.
    pub fn text(&self) -> String {
        if self.conditions.is_empty() { "true".into() } else { self.conditions.join(" AND ") }
    }
}
