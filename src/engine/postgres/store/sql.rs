//! What stands in statements for what the model declares: `{worktree}`, `{zone}` and `{execution}` for the columns of an entity,
//! `{w.worktree}` for the same of the table `w`, `{s}` for the schema, `{new worktree}` for what an INSERT says behind the
//! table's name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio_postgres::types::Type;

use crate::engine::postgres::client::value::Value;
use crate::model::entity::{Declaration, Holds};
use crate::model::{EXECUTION, Entity, Stored, WORKTREE, ZONE};

/// How many texts are remembered.
const MOST: usize = 512;

/// Statements, as the server is told them.
#[derive(Default)]
pub(super) struct Texts(RefCell<HashMap<Box<str>, Rc<str>>>);

impl Texts {
    /// What a statement says to the server.
    pub(super) fn of(&self, sql: &str, schema: &str) -> Rc<str> {
        let mut texts = self.0.borrow_mut();
        if let Some(known) = texts.get(sql) {
            return known.clone();
        }
        if texts.len() >= MOST {
            texts.clear();
        }
        let expanded: Rc<str> = expand(sql, schema).into();
        texts.insert(sql.into(), expanded.clone());
        expanded
    }
}

/// Replaces what stands for something else by it.
pub(super) fn expand(sql: &str, schema: &str) -> String {
    let mut sql = sql.replace("{s}", schema);
    if !sql.contains('{') {
        return sql;
    }
    sql = sql.replace("{w.worktree}", &WORKTREE.columns("w."));
    for entity in [&WORKTREE, &ZONE, &EXECUTION] {
        sql = sql.replace(&format!("{{{}}}", entity.name), &entity.columns(""));
        sql = sql.replace(&format!("{{new {}}}", entity.name), &new_row(entity));
    }
    sql
}

fn new_row(entity: &Entity) -> String {
    let columns: Vec<&str> = entity.written().map(|field| field.column).collect();
    let values: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    format!("({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// The type of a field's column.
pub(super) fn column_type(field: &Declaration) -> Type {
    match field.holds {
        Holds::Coordinate => Type::FLOAT8,
        Holds::Port | Holds::Boolean | Holds::Integer | Holds::Instant => Type::INT8,
        Holds::Id | Holds::Text | Holds::Json { .. } | Holds::Object | Holds::Time => Type::TEXT,
    }
}

/// What a new row is given, as a statement takes it.
pub(super) fn values_of<'a>(entity: &Entity, stored: &'a [Stored<'_>]) -> Vec<Value<'a>> {
    entity.written().zip(stored).map(|(field, stored)| Value::of(stored, &column_type(field))).collect()
}
