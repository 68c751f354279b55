//! Prompts, made from the template of a zone.

use serde_json::Value;

use crate::engine::Prompts;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::rowids::ById;
use crate::error::Result;
use crate::model::object::object;
use crate::model::{Entity, Field, Given, WORKTREE, ZONE, json, prompt, rules};
use crate::rows::Batch;

impl Prompts for Store {
    fn render_prompt(&self, given: &[Given<'_>], batch: &mut Batch) -> Result<()> {
        self.connection.check_idle()?;
        let method = "renderPrompt";
        let argument = |name, nth: usize| {
            (Field::new(method, name).behind(nth), given.get(nth).copied().unwrap_or(Given::Undefined))
        };
        let (zone_field, zone_id) = argument("zoneId", 0);
        let (worktree_field, worktree_id) = argument("worktreeId", 1);
        let (variables_field, variables) = argument("variables", 2);
        rules::id(zone_field, zone_id)?;
        rules::id(worktree_field, worktree_id)?;
        let variables = match variables {
            Given::Text(text) => json::parse(text).ok_or_else(|| json::too_deep(variables_field))?,
            _ => Value::Null,
        };
        let (zone, worktree) = self.in_snapshot(|| {
            Ok((self.required(&ZONE, zone_field, zone_id)?, self.required(&WORKTREE, worktree_field, worktree_id)?))
        })?;
        let template = zone.get("promptTemplate").and_then(Value::as_str).unwrap_or_default();
        let (prompt, missing) = prompt::render(template, &worktree, &zone, &variables);
        batch.push_text(prompt.as_bytes());
        batch.push_text(json::to_text(&Value::from(missing)).as_bytes());
        batch.end_row();
        Ok(())
    }
}

impl Store {
    /// The object of a worktree or a zone, as JavaScript has it; `None` where there is none with this id.
    pub(in crate::engine::sqlite::store) fn object(&self, entity: &Entity, id: &str) -> Result<Option<Value>> {
        let (by_index, _) = ById::of(entity).queries();
        let _busy = self.connection.enter();
        self.statement(by_index)?.with_bound(&[Bind::Text(id)], |row| {
            let is_there = row.step()?;
            Ok(is_there.then(|| object(entity, (0..entity.fields.len()).map(|column| row.stored(column)))))
        })
    }

    fn required(&self, entity: &Entity, field: Field, id: Given<'_>) -> Result<Value> {
        let found = if let Given::Text(text) = id { self.object(entity, text)? } else { None };
        found.ok_or_else(|| entity.not_found(field, id))
    }
}
