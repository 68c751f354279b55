//! Prompts, made from the template of a zone.

use serde_json::Value as Json;
use tokio_postgres::Row;

use super::Store;
use crate::engine::Prompts;
use crate::engine::postgres::client::value::{is_null, stored};
use crate::error::Result;
use crate::model::object::object;
use crate::model::{Entity, Field, Given, WORKTREE, ZONE, json, prompt, rules};
use crate::rows::Batch;

impl Prompts for Store {
    fn render_prompt(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()> {
        self.check_open()?;
        let method = "renderPrompt";
        let argument = |name, nth: usize| {
            (Field::new(method, name).behind(nth), given.get(nth).copied().unwrap_or(Given::Undefined))
        };
        let (zone_field, zone_given) = argument("zoneId", 0);
        let (worktree_field, worktree_given) = argument("worktreeId", 1);
        let (variables_field, variables) = argument("variables", 2);
        let zone_id = rules::id(zone_field, zone_given)?;
        let worktree_id = rules::id(worktree_field, worktree_given)?;
        let variables = match variables {
            Given::Text(text) => json::parse(text).ok_or_else(|| json::too_deep(variables_field))?,
            _ => Json::Null,
        };
        let (zone, worktree) = self.zone_and_worktree(zone_id, worktree_id)?;
        let zone = zone.ok_or_else(|| ZONE.not_found(zone_field, zone_given))?;
        let worktree = worktree.ok_or_else(|| WORKTREE.not_found(worktree_field, worktree_given))?;
        let template = zone.get("promptTemplate").and_then(Json::as_str).unwrap_or_default();
        let (prompt, missing) = prompt::render(template, &worktree, &zone, &variables);
        batch.push_text(prompt.as_bytes());
        batch.push_text(json::to_text(&Json::from(missing)).as_bytes());
        batch.end_row();
        Ok(())
    }
}

impl Store {
    /// A zone and a worktree as JavaScript has them: both in one statement, of one moment.
    pub(super) fn zone_and_worktree(&self, zone_id: &str, worktree_id: &str) -> Result<(Option<Json>, Option<Json>)> {
        let sql = format!(
            "SELECT {}, {} FROM (SELECT $1 AS zone, $2 AS worktree) AS asked \
             LEFT JOIN {{s}}.zones AS z ON z.id = asked.zone LEFT JOIN {{s}}.worktrees AS w ON w.id = asked.worktree",
            ZONE.columns("z."),
            WORKTREE.columns("w.")
        );
        let row = self.read_one(&sql, &[zone_id.into(), worktree_id.into()])?;
        let part = |entity: &Entity, from| row.as_ref().and_then(|row| object_at(entity, row, from));
        Ok((part(&ZONE, 0), part(&WORKTREE, ZONE.fields.len())))
    }
}

/// The object of an entity whose columns begin at `from` in a row, as JavaScript has it; `None` where the row has none.
fn object_at(entity: &Entity, row: &Row, from: usize) -> Option<Json> {
    let columns = from..from + entity.fields.len();
    (!is_null(row, from)).then(|| object(entity, columns.map(|column| stored(row, column))))
}
