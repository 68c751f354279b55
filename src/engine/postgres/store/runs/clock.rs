//! The clock of leases: the server's, which all workers of a board share, whatever their own clocks show.

use crate::model::run::{Boot, Moment};

/// The server's time, in milliseconds, as SQL.
pub(super) const NOW: &str = "floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint";

/// The server's time when the transaction began: what is over by this clock is over by `NOW` as well.
pub(super) const BEGUN: &str = "floor(extract(epoch FROM pg_catalog.transaction_timestamp()) * 1000)::bigint";

/// The boot that its moments have: a single one, since this clock goes on when the server restarts.
pub(super) const SERVER: Boot = Boot(1);

/// The moment of these times: the server's, and the caller's.
pub(super) const fn moment(server_ms: i64, wall_ms: i64) -> Moment {
    Moment { boot: SERVER, monotonic_ms: server_ms, wall_ms }
}
