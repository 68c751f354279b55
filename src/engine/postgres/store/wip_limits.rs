//! How many worktrees a zone may have: a column of its row.

use super::Store;
use crate::engine::WipLimits;
use crate::engine::postgres::client::value::Value;
use crate::error::Result;
use crate::model::run::MOST;
use crate::model::{Field, Given, ZONE, rules};

/// A zone that has this limit already is not written.
const SET: &str = "WITH zone AS (SELECT wip_limit FROM {s}.zones WHERE id = $1), \
     done AS (UPDATE {s}.zones SET wip_limit = $2 WHERE id = $1 AND wip_limit IS DISTINCT FROM $2) SELECT 1 FROM zone";

impl WipLimits for Store {
    fn set_wip_limit(&self, zone: Given<'_>, limit: Given<'_>, _: f64) -> Result<()> {
        self.check_open()?;
        let field = |name| Field::new("setWipLimit", name);
        let zone_id = rules::id(field("zoneId"), zone)?;
        let most = match limit {
            Given::Null => None,
            limit => Some(rules::whole(field("limit").behind(1), limit, &(0..=MOST))?),
        };
        let found = self.write(SET, &[zone_id.into(), Value::from(most)])?;
        if found.is_empty() { Err(ZONE.not_found(field("zoneId"), zone)) } else { Ok(()) }
    }
}
