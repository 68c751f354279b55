//! Texts in indexes: an entry of PostgreSQL's holds no more than a third of a page.

use crate::engine::postgres::client::value::stored_bytes;
use crate::error::Result;
use crate::model::entity::Declaration;
use crate::model::{Entity, Field, Stored};

/// The longest such text, in bytes of UTF-8; U+0000 and U+0001 take two.
pub(super) const MAX_INDEXED: usize = 2_600;

/// The columns that are in indexes.
const INDEXED: [(&str, &str); 9] = [
    ("worktrees", "id"),
    ("worktrees", "status"),
    ("worktrees", "created_at"),
    ("zones", "id"),
    ("zones", "created_at"),
    ("zone_executions", "id"),
    ("zone_executions", "zone_id"),
    ("zone_executions", "worktree_id"),
    ("worktree_zones", "worktree_id"),
];

/// Refuses a field's value that its index can't hold.
pub(super) fn check<'a>(
    entity: &Entity,
    method: &'static str,
    fields: impl Iterator<Item = (usize, &'static Declaration, &'a Stored<'a>)>,
) -> Result<()> {
    for (nth, field, stored) in fields {
        if let Stored::Text(text) = stored
            && text.len() > MAX_INDEXED / 2
            && INDEXED.contains(&(entity.table, field.column))
        {
            check_text(Field::new(method, field.name).behind(nth), text)?;
        }
    }
    Ok(())
}

/// Refuses a text that an index can't hold.
pub(super) fn check_text(field: Field, text: &str) -> Result<()> {
    let bytes = stored_bytes(text);
    if bytes <= MAX_INDEXED {
        return Ok(());
    }
    Err(field.out_of_range(&format!("at most {MAX_INDEXED} bytes of UTF-8 on PostgreSQL"), bytes))
}
