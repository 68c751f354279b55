//! How many worktrees a zone is to have at most.

use super::sql::Sql;
use crate::engine::WipLimits;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::run::MOST;
use crate::model::{Field, Given, ZONE, rules};

impl WipLimits for Store {
    fn set_wip_limit(&self, zone: Given<'_>, limit: Given<'_>, now: f64) -> Result<()> {
        let field = |name| Field::new("setWipLimit", name);
        let zone_id = rules::id(field("zoneId"), zone)?;
        let most = match limit {
            Given::Null => None,
            limit => Some(rules::whole(field("limit").behind(1), limit, &(0..=MOST))?),
        };
        self.check_beside()?;
        self.atomically(|| {
            let before = self.first(Sql::WipLimit, &[Bind::Text(zone_id)], |row| row.integer_or_null(0))?;
            if before.ok_or_else(|| ZONE.not_found(field("zoneId"), zone))? == most {
                return Ok(());
            }
            match most {
                Some(most) => self.write_run(Sql::SetWipLimit, &[Bind::Text(zone_id), Bind::Integer(most)])?,
                None => self.write_run(Sql::LiftWipLimit, &[Bind::Text(zone_id)])?,
            };
            let data = format!("{{\"wipLimit\":{}}}", most.map_or("null".into(), |most| most.to_string()));
            self.log_limit("wipLimit", [Some(zone_id), None, None], &data, now as i64)
        })
    }
}
