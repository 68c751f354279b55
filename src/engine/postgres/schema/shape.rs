//! What is in a schema, as PostgreSQL's catalog has it.

use std::collections::BTreeMap;

use super::names;
use super::sent::rows;
use crate::engine::postgres::client::Client;
use crate::engine::postgres::client::value::{Value, text_of};
use crate::error::Result;

/// By kind and name, what each is. $1 the schema, $2 the same as SQL has it, which is taken away, so that schemas can be compared.
const SHAPE: &str = "WITH of AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1), \
     tables AS (SELECT c.* FROM pg_catalog.pg_class AS c, of WHERE c.relnamespace = of.oid AND c.relkind IN ('r', 'v')) \
     SELECT kind, name, replace(replace(what, $2 || '.', ''), pg_catalog.quote_ident($1) || '.', '') FROM ( \
       SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, relname AS name, \
         concat_ws(' ', relpersistence, reloptions::text, CASE relkind WHEN 'v' THEN pg_catalog.pg_get_viewdef(oid) END) AS what FROM tables \
       UNION ALL SELECT 'column', t.relname || '.' || a.attname, concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod), \
         (SELECT l.collname FROM pg_catalog.pg_collation AS l WHERE l.oid = a.attcollation), CASE WHEN a.attnotnull THEN 'NOT NULL' END, \
         a.attidentity, a.attgenerated, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) \
       FROM tables AS t JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum WHERE t.relkind = 'r' \
       UNION ALL SELECT 'constraint', t.relname || '.' || k.conname, pg_catalog.pg_get_constraintdef(k.oid) \
       FROM tables AS t JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid WHERE k.contype <> 'n' \
       UNION ALL SELECT 'index', c.relname, pg_catalog.pg_get_indexdef(i.indexrelid) \
       FROM tables AS t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid \
       UNION ALL SELECT 'trigger', g.tgname || ' on ' || t.relname, g.tgenabled::text || ' ' || pg_catalog.pg_get_triggerdef(g.oid) \
       FROM tables AS t JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal \
       UNION ALL SELECT 'function', p.proname, pg_catalog.pg_get_functiondef(p.oid) \
       FROM of JOIN pg_catalog.pg_proc AS p ON p.pronamespace = of.oid WHERE p.prokind = 'f' \
       UNION ALL SELECT 'sequence', s.sequencename, concat_ws(' ', s.data_type, s.start_value, s.min_value, s.max_value, s.increment_by) \
       FROM pg_catalog.pg_sequences AS s WHERE s.schemaname = $1) AS all_of_it (kind, name, what)";

/// What is there, by kind and name.
pub type Shape = BTreeMap<(String, String), String>;

/// What is in a schema.
pub fn of_schema(client: &Client, schema: &str) -> Result<Shape> {
    let quoted = names::quoted(schema);
    let found = rows(client, SHAPE, &[Value::from(schema), quoted.as_str().into()])?;
    let text = |row, column| text_of(row, column).unwrap_or_default();
    Ok(found.iter().map(|row| ((text(row, 0), text(row, 1)), text(row, 2))).collect())
}

/// How what is there differs from what is to be, a sentence each. What else there is is somebody's own, but for columns of our tables.
pub fn differences(there: &Shape, expected: &Shape, version: u32) -> Vec<String> {
    let mut found = Vec::new();
    for (of @ (kind, name), what) in expected {
        match there.get(of) {
            None => found.push(format!("{kind} {name} is missing")),
            Some(other) if other != what => found.push(format!("{kind} {name} is not the one of version {version}")),
            Some(_) => {}
        }
    }
    let is_ours = |column: &str| {
        column.split_once('.').is_some_and(|(table, _)| expected.contains_key(&("table".into(), table.into())))
    };
    for of @ (kind, name) in there.keys() {
        if kind == "column" && is_ours(name) && !expected.contains_key(of) {
            found.push(format!("column {name} is not known"));
        }
    }
    found
}
