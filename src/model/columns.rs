//! The columns of an entity, as SQL lists them.

use super::Entity;

impl Entity {
    /// All its columns, each behind `prefix`, as SQL lists them.
    #[must_use]
    pub fn columns(&self, prefix: &str) -> String {
        let columns: Vec<String> = self.fields.iter().map(|field| format!("{prefix}{}", field.column)).collect();
        columns.join(", ")
    }
}
