//! What stands in statements for the model's declarations: `{worktree}`, `{zone}` and `{execution}` for the columns of an entity,
//! `{w.worktree}` for those of the table `w`, `{s}` for the schema, `{new worktree}` for what an INSERT says behind the table's
//! name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio_postgres::types::Type;

use crate::engine::postgres::client::value::Value;
use crate::model::entity::{Declaration, Holds};
use crate::model::{EXECUTION, Entity, Stored, WORKTREE, ZONE};

/// How many texts are remembered.
const MOST: usize = 512;

/// Statements, as the server gets them.
#[derive(Default)]
pub(super) struct Texts(RefCell<HashMap<Box<str>, Rc<str>>>);

impl Texts {
    /// A statement as the server gets it.
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

/// Replaces each of these by what it stands for.
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

/// The stored values of a new row, as a statement takes them.
pub(super) fn values_of<'a>(entity: &Entity, stored: &'a [Stored<'_>]) -> Vec<Value<'a>> {
    entity.written().zip(stored).map(|(field, stored)| Value::of(stored, &column_type(field))).collect()
}
