//! The metadata of runs, which stands in their rows.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

impl Store {
    /// The metadata of a run, or of an execution that was only recorded, empty where it has none; `None` where there is no run
    /// with this id.
    pub(in crate::engine::sqlite::store) fn metadata_of_run(&self, id: &str) -> Result<Option<String>> {
        let by = [Bind::Text(id)];
        if self.version >= super::VERSION
            && let Some(known) = self.first(Sql::Metadata, &by, |row| row.text(0))?
        {
            return Ok(Some(known));
        }
        Ok(self.finds(Sql::Execution, &by)?.then(String::new))
    }

    /// Sets the metadata of a run that is there.
    pub(in crate::engine::sqlite::store) fn set_metadata_of_run(&self, id: &str, data: Option<&str>) -> Result<()> {
        let set = || self.take(Sql::SetMetadata, &[Bind::Text(id), data.into()]);
        if !set()? && self.note_execution(id)? {
            set()?;
        }
        Ok(())
    }

    pub(super) fn pruned_at(&self, key: i64) -> Result<Option<i64>> {
        Ok(self.first(Sql::PrunedAt, &[Bind::Integer(key)], |row| row.integer_or_null(0))?.flatten())
    }

    pub(super) fn metadata_at(&self, key: i64) -> Result<Option<String>> {
        Ok(self.first(Sql::MetadataAt, &[Bind::Integer(key)], |row| row.text_or_null(0))?.flatten())
    }
}
