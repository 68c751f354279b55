//! Whether a session of the server is this client's own, or a pooler's that gives it to somebody else after each transaction.
//!
//! A setting that is made only at the start of a session shows it: a pooler (PgBouncer) refuses such a startup parameter, or leaves
//! it out. The session's defaults are set with it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio_postgres::{Client, Config};

/// A word that no other session was begun with.
pub fn word() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{}-{now:x}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Has a session start with the word, beside what the URL says, and with its defaults: `lock_timeout`, and the isolation of a
/// statement outside of a transaction.
pub fn begin_with(config: &mut Config, word: &str, timeout: Duration) {
    let given = config.get_options().unwrap_or_default();
    let timeout = timeout.as_millis().max(1);
    let options = format!(
        "{given} -c visual_db.session={word} -c lock_timeout={timeout} -c default_transaction_isolation=read\\ committed"
    );
    config.options(options.trim_start());
}

/// Whether a session was refused because of these settings.
pub fn is_refused(error: &tokio_postgres::Error) -> bool {
    // A pooler says that it doesn't support such a parameter; a server's own words are about the setting's name.
    error.as_db_error().is_some_and(|answer| {
        let says = |word| answer.message().contains(word);
        says("startup parameter") || says("options") || says("visual_db.session")
    })
}

/// Whether the session started with the word.
pub async fn has(client: &Client, word: &str) -> bool {
    let asked = client.query_typed("SELECT pg_catalog.current_setting('visual_db.session', true)", &[]).await;
    let said = asked.ok().and_then(|rows| rows.first()?.try_get::<_, Option<String>>(0).ok().flatten());
    said.as_deref() == Some(word)
}
