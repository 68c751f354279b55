//! What a run says now, and its marks.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::{Known, Line, archived_key, digits};
use crate::error::Result;
use crate::model::search::{Document, FIELDS, Facets, Kind};

impl Store {
    /// The run that has an id, as it is indexed; `None` where there is none.
    pub(super) fn document(&self, id: &str) -> Result<Option<(Known, Document)>> {
        let Some(line) = self.line_of(id)? else { return Ok(None) };
        let known = line.known();
        let facets = self.facets(&line)?;
        Ok(self.fields(&known)?.map(|fields| (known, Document::of(fields, facets))))
    }

    fn facets(&self, line: &Line) -> Result<Facets> {
        let mut facets = Facets::default();
        facets.add(Kind::Zone, &line.zone_id);
        // Archiving changes the name that the history knows a worktree by, not its id.
        let archived = match archived_key(&line.worktree_id) {
            Some(key) => self.first(Sql::ArchivedId, &[Bind::Integer(key)], |row| row.text(0))?,
            None => None,
        };
        facets.add(Kind::Worktree, archived.as_ref().unwrap_or(&line.worktree_id));
        facets.add(Kind::Agent, &line.agent_type);
        facets.add(Kind::Status, &line.status.to_string());
        if let Some(parent) = &line.parent_run_id {
            facets.add(Kind::Parent, parent);
        }
        for used in &line.models {
            facets.add(Kind::Model, &used.model);
        }
        if let Some(duration_ms) = line.duration_ms {
            facets.add(Kind::Length, &digits(duration_ms).to_string());
        }
        facets.add_time(line.place.at);
        Ok(facets)
    }

    /// The texts of a run, in the order of [`FIELDS`], as they are stored; `None` where it is gone.
    pub(super) fn fields(&self, known: &Known) -> Result<Option<[String; FIELDS.len()]>> {
        let of_execution = |id: &str| self.first(Sql::OfExecution, &[Bind::Text(id)], |row| [row.text(1), row.text(2)]);
        let none = String::new;
        match known {
            Known::Recorded(id) => {
                Ok(of_execution(id)?.map(|[prompt, result]| [prompt, result, none(), none(), none()]))
            }
            Known::Run(key) => {
                let found = self.first(Sql::OfRun, &[Bind::Integer(*key)], |row| {
                    let executed = (row.integer(6) != 0).then(|| row.text(7));
                    ([1, 2, 3, 4, 5].map(|column| row.text(column)), executed)
                })?;
                let Some((mut fields, executed)) = found else { return Ok(None) };
                if let Some(id) = executed
                    && let Some([prompt, result]) = of_execution(&id)?
                {
                    (fields[0], fields[1]) = (prompt, result);
                }
                Ok(Some(fields))
            }
        }
    }

    /// The same as they are read.
    pub(super) fn texts(&self, known: &Known) -> Result<Option<[String; FIELDS.len()]>> {
        Ok(self.fields(known)?.map(|fields| Document::of(fields, Facets::default()).fields))
    }
}
