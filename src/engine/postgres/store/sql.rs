//! What stands in statements for what the model declares: `{worktree}`, `{zone}` and `{execution}` for the columns of an entity,
//! `{w.worktree}` for the same of the table `w`, `{s}` for the schema, `{new worktree}` for what an INSERT says behind the
//! table's name.

use tokio_postgres::types::Type;

use crate::engine::postgres::client::value::Value;
use crate::model::entity::{Declaration, Holds};
use crate::model::{EXECUTION, Entity, Stored, WORKTREE, ZONE};

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
