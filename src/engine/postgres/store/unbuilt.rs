//! What this engine doesn't do yet: one list. Whoever builds a concept takes it out here and gives it a file.

use super::Store;
use crate::engine::{Indexed, RunFilter, Search, SearchAfter, Sought};
use crate::error::{Error, Result};
use crate::model::search::Mode;
use crate::rows::Batch;

/// That PostgreSQL's engine hasn't got a method, as JavaScript spells it.
#[must_use]
pub fn unsupported(method: &str) -> Error {
    let message = format!("{method} is not available on PostgreSQL: use a file of SQLite (`dbPath`) for it");
    Error::Coded { code: "ERR_ENGINE_UNSUPPORTED", message }
}

macro_rules! unbuilt {
    ($($concept:ident { $($method:literal $name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)* })*) => {$(
        impl $concept for Store {$(
            #[allow(clippy::too_many_arguments, reason = "the seam's own")]
            fn $name(&self, $($argument: $kind),*) -> Result<$result> {
                let _ = ($($argument,)*);
                self.check_open()?;
                Err(unsupported($method))
            }
        )*}
    )*};
}

unbuilt! {
    Search {
        "searchRuns" searchable() -> i64;
        "enableSearch" enable_search(mode: Mode) -> ();
        "enableSearch" build_search() -> Option<i64>;
        "enableSearch" indexed() -> Indexed;
        "disableSearch" disable_search() -> bool;
        "searchRuns" fold_search() -> ();
        "searchRuns" search_runs(
            sought: &Sought<'_>,
            filter: &RunFilter<'_>,
            after: SearchAfter,
            most: usize,
            batch: &mut Batch
        ) -> ();
        "searchRuns" check_search() -> Vec<String>;
    }
}
