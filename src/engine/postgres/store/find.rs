//! Finding worktrees: one statement, which gives a page in the order that is asked for. Metadata is compared by the model: where the filter
//! asks about it, the statement gives all that the rest of the filter leaves.

use serde_json::Value as Json;

use super::Store;
use super::conditions::Conditions;
use crate::engine::postgres::client::value::{push_cells, text_of};
use crate::engine::{WorktreeFilter, WorktreeOrder};
use crate::error::Result;
use crate::model::WORKTREE;
use crate::model::pattern::{Pattern, holds};
use crate::rows::Batch;

/// The column of the branch.
const BRANCH: usize = 3;

const OPEN: &str =
    "EXISTS (SELECT 1 FROM {s}.runs AS r WHERE r.worktree_id = w.id AND r.status IN ('queued', 'running', 'waiting'))";
const IN_ZONES: &str = "w.id IN (SELECT worktree_id FROM {s}.worktree_zones WHERE zone_id = ANY (?))";

impl Store {
    /// Appends at most `most` of the worktrees that are asked for, behind `after`; behind each, what it is ordered by and its id.
    pub(super) fn find_in_order(
        &self,
        filter: &WorktreeFilter<'_>,
        after: Option<(&str, &str)>,
        most: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.check_open()?;
        let metadata: Option<Json> = filter.metadata.map(|text| serde_json::from_str(text).unwrap_or_default());
        let branch = filter.branch.map(Pattern::new);
        let mut asked = conditions(filter);
        // In the archive ids aren't unique: several may have had one.
        let (table, id) = if filter.archived {
            ("archived_worktrees", "pg_catalog.lpad(w.key::text, 19, '0') COLLATE \"C\"")
        } else {
            ("worktrees", "w.id")
        };
        if metadata.as_ref().is_some_and(|of| !holds("", of)) {
            asked.also("w.metadata IS NOT NULL");
        }
        let value = match filter.order {
            WorktreeOrder::Branch => "w.branch_name",
            WorktreeOrder::Updated => "coalesce(w.updated_at, w.created_at)",
            WorktreeOrder::Newest | WorktreeOrder::Oldest => "w.created_at",
        };
        let (sign, way) = if filter.order.is_descending() { ("<", " DESC") } else { (">", "") };
        if let Some((last, last_id)) = after {
            let places = [asked.value(last), asked.value(last_id)];
            asked.also(format!("({value}, {id}) {sign} ({})", places.join(", ")));
        }
        // Half of an escape could be taken for another character.
        let is_whole = branch.is_none_or(|pattern| pattern.is_exact() || !pattern.parts().any(has_escapes));
        let limit = if metadata.is_none() && is_whole {
            format!(" LIMIT {}", asked.value(i64::try_from(most).unwrap_or(i64::MAX)))
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT {{w.worktree}}, {value}, {id}, {} FROM {{s}}.{table} AS w WHERE {} ORDER BY {value}{way}, {id}{way}{limit}",
            if metadata.is_some() { "w.metadata" } else { "NULL::text" },
            asked.text(),
        );
        let columns = WORKTREE.fields.len();
        let rows = self.read(&sql, &asked.values)?;
        let text = |row, column| text_of(row, column).unwrap_or_default();
        let found = rows.iter().filter(|row| {
            (is_whole || branch.is_none_or(|pattern| pattern.takes(&text(row, BRANCH))))
                && metadata.as_ref().is_none_or(|of| holds(&text(row, columns + 2), of))
        });
        for row in found.take(most) {
            push_cells(row, 0..columns, batch);
            batch.push_text(text(row, columns).as_bytes());
            batch.push_text(text(row, columns + 1).as_bytes());
            batch.end_row();
        }
        Ok(())
    }
}

fn conditions<'a>(filter: &WorktreeFilter<'a>) -> Conditions<'a> {
    let mut asked = Conditions::default();
    asked.among("w.status = ANY (?)", filter.statuses.as_deref());
    asked.among(if filter.archived { "w.zone_id = ANY (?)" } else { IN_ZONES }, filter.zones.as_deref());
    if let Some(pattern) = filter.branch.map(Pattern::new) {
        if pattern.is_exact() {
            asked.and("w.branch_name = ?", pattern.prefix());
        } else {
            asked.and("w.branch_name LIKE ?", like(pattern));
        }
    }
    if let Some(since) = filter.created_since {
        // The index on `created_at` is in the order of texts.
        asked.and("w.created_at >= ?", filter.earliest());
        asked.and("{s}.instant(w.created_at) >= ?", since);
    }
    if let Some(since) = filter.updated_since {
        asked.and("{s}.instant(w.updated_at) >= ?", since);
    }
    match filter.has_open_runs {
        // An archived worktree has none.
        Some(is) if filter.archived => asked.also(if is { "false" } else { "true" }),
        Some(is) => asked.also(if is { OPEN.to_owned() } else { format!("NOT {OPEN}") }),
        None => {}
    }
    if filter.archived {
        asked.also("w.restored_at IS NULL");
    }
    asked
}

/// A pattern as LIKE takes it.
fn like(pattern: Pattern<'_>) -> String {
    let part = |text: &str| text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    pattern.parts().map(part).collect::<Vec<_>>().join("%")
}

/// Whether a text has a character that is stored as two, or the second one of such a pair.
fn has_escapes(text: &str) -> bool {
    text.bytes().any(|byte| byte <= 2)
}
