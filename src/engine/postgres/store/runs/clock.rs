//! The clock that leases go by: the server's, which all who work on a board share, whatever their own clocks show.

use crate::model::run::{Boot, Moment};

/// The server's time, in milliseconds, as SQL.
pub(super) const NOW: &str = "floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint";

/// The server's time when the transaction began: what is over by this is over by the other.
pub(super) const BEGUN: &str = "floor(extract(epoch FROM pg_catalog.transaction_timestamp()) * 1000)::bigint";

/// Which start of a machine it counts from: none, since it goes on when the server is started anew.
pub(super) const SERVER: Boot = Boot(1);

/// The moment at which the server's clock shows this, and the caller's that.
pub(super) const fn moment(server_ms: i64, wall_ms: i64) -> Moment {
    Moment { boot: SERVER, monotonic_ms: server_ms, wall_ms }
}
