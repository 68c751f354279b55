//! Connecting: the hosts one after the other, until one of them is a PostgreSQL server that can be used.

use std::cell::Cell;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode as Negotiated, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Socket};

use super::error_codes::{is_end_of_wait, may_pass, reason, unavailable};
use super::own_session;
use super::statements::Statements;
use super::tls::{Tls, Why};
use crate::engine::postgres::ssl_mode::SslMode;
use crate::engine::postgres::target::{Address, Target};
use crate::error::{Error, Result};

/// The oldest major version that can be used.
const OLDEST: u32 = 14;

/// A connection to a server.
pub struct Link {
    /// Sends to it.
    pub client: Client,
    /// Which host it is, for people.
    pub host: String,
    /// Whether it is a standby.
    pub is_standby: bool,
    /// What the session has prepared.
    pub statements: Statements,
    /// Set once somebody has ended a commit's wait for the synchronous standby: that commit may be lost with this host.
    pub is_alone: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Link {
    /// Sends Terminate, and waits at most `within` for that; then the socket is closed.
    pub async fn end(self, within: Duration) {
        let Self { client, mut task, .. } = self;
        // The task sends it once the client is dropped.
        drop(client);
        if tokio::time::timeout(within, &mut task).await.is_err() {
            task.abort();
            let _ = task.await;
        }
    }
}

/// What to connect to, and how.
pub struct Wanted<'a> {
    pub target: &'a Target,
    pub readonly: bool,
    /// How long connecting may take.
    pub within: Duration,
    /// How long to wait for somebody else's lock.
    pub timeout: Duration,
    /// Set once a pooler has been seen: it takes no settings.
    pub is_pooled: &'a Cell<bool>,
}

/// Why there is no connection.
pub struct Unconnected {
    pub error: Error,
    /// Whether there may be one soon: the host is gone, starts, stops, is a standby or full.
    pub may_pass: bool,
}

/// Why a host is not taken.
enum Refusal {
    /// It takes no settings at the start of a session.
    Settings,
    /// Another host may do, and this one, too, after a while.
    Now(Why),
    /// Another host may do.
    Passed(Why),
    /// It can't be used, and that will not change.
    Unsupported(Why),
}

/// Connects to the first host that can be used.
pub async fn connect(wanted: &Wanted<'_>) -> Result<Link, Unconnected> {
    let Wanted { target, within, .. } = wanted;
    let deadline = Instant::now() + *within;
    let (mut passed, mut may_pass) = (Vec::new(), false);
    for (nth, address) in target.hosts.iter().enumerate() {
        // A host that is frozen leaves the others their share of the time.
        let left = deadline.saturating_duration_since(Instant::now()) / (target.hosts.len() - nth) as u32;
        let attempt = tokio::time::timeout(left, connect_to(wanted, address)).await;
        match attempt.unwrap_or_else(|_| Err(Refusal::Now(no_answer(left)))) {
            Ok(link) => return Ok(link),
            Err(Refusal::Unsupported(why)) => {
                let message = format!("The database at {address} can't be used: {why}");
                let error = Error::Coded { code: "ERR_ENGINE_UNSUPPORTED", message };
                return Err(Unconnected { error, may_pass: false });
            }
            Err(Refusal::Now(why)) => {
                may_pass = true;
                passed.push((address.to_string(), why));
            }
            Err(Refusal::Passed(why)) => passed.push((address.to_string(), why)),
            Err(Refusal::Settings) => {}
        }
    }
    let error = if let [(host, why)] = passed.as_slice() {
        unavailable(host, why)
    } else {
        let each: Vec<String> = passed.iter().map(|(host, why)| format!("{host}: {why}")).collect();
        unavailable("any of its hosts", &each.join("; "))
    };
    Err(Unconnected { error, may_pass })
}

/// Says that nothing came within that time.
#[must_use]
pub fn no_answer(within: Duration) -> String {
    format!("no answer within {} ms", within.as_millis())
}

async fn connect_to(wanted: &Wanted<'_>, address: &Address) -> Result<Link, Refusal> {
    if !wanted.is_pooled.get() {
        let word = own_session::word();
        match begin(wanted, address, Some(&word)).await {
            Err(Refusal::Settings) => wanted.is_pooled.set(true),
            Ok(mut link) => {
                link.statements = Statements::new(own_session::has(&link.client, &word).await);
                return Ok(link);
            }
            refused => return refused,
        }
    }
    begin(wanted, address, None).await
}

async fn begin(wanted: &Wanted<'_>, address: &Address, word: Option<&str>) -> Result<Link, Refusal> {
    let target = wanted.target;
    let passed = |error: tokio_postgres::Error| match word {
        Some(_) if own_session::is_refused(&error) => Refusal::Settings,
        _ if may_pass(&error) => Refusal::Now(explained(&error)),
        _ => Refusal::Passed(explained(&error)),
    };
    let mut config = target.config.clone();
    if let Some(word) = word {
        own_session::begin_with(&mut config, word, wanted.timeout);
    }
    match &address.host {
        Host::Tcp(name) => config.host(name),
        #[cfg(unix)]
        Host::Unix(folder) => config.host_path(folder),
    };
    config.port(address.port);
    let mode = target.ssl_mode(address);
    config.ssl_mode(match mode {
        SslMode::Disable => Negotiated::Disable,
        SslMode::Prefer => Negotiated::Prefer,
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => Negotiated::Require,
    });
    let is_socket = !matches!(address.host, Host::Tcp(_));
    if is_socket || mode == SslMode::Disable {
        config.ssl_mode(Negotiated::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(passed)?;
        return checked(wanted, address, client, connection);
    }
    let tls = Tls::new(mode, target.root_certificates.as_deref()).map_err(Refusal::Passed)?;
    let (client, connection) = config.connect(tls).await.map_err(passed)?;
    checked(wanted, address, client, connection)
}

/// Checks what the server says of itself, and starts the task that reads and writes the connection.
fn checked<S>(
    wanted: &Wanted<'_>,
    address: &Address,
    client: Client,
    mut connection: Connection<Socket, S>,
) -> Result<Link, Refusal>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let says = |name: &str| connection.parameter(name).unwrap_or_default();
    check_kind(says("server_version"), !says("crdb_version").is_empty())?;
    if !matches!(says("server_encoding"), "UTF8" | "") {
        let why = format!("its encoding is {}, and only UTF8 has every text", says("server_encoding"));
        return Err(Refusal::Unsupported(why));
    }
    let takes_no_writes = says("in_hot_standby") == "on" || says("default_transaction_read_only") == "on";
    match wanted.target.attrs {
        TargetSessionAttrs::ReadWrite if takes_no_writes => {
            return Err(Refusal::Now("it takes no writes: a standby, or set to be read-only".into()));
        }
        TargetSessionAttrs::ReadOnly if !takes_no_writes => {
            return Err(Refusal::Now("it takes writes, where one that doesn't is asked for".into()));
        }
        _ if says("in_hot_standby") == "on" && !wanted.readonly => {
            let why = "it is in recovery, a standby: it can only be opened with `readonly: true`";
            return Err(Refusal::Now(why.into()));
        }
        _ => {}
    }
    let is_standby = says("in_hot_standby") == "on";
    let is_alone = Arc::new(AtomicBool::default());
    let noted = Arc::clone(&is_alone);
    let task = tokio::spawn(async move {
        // The calls that wait for an answer get its error.
        while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
            if let AsyncMessage::Notice(notice) = message
                && is_end_of_wait(&notice)
            {
                noted.store(true, Ordering::Relaxed);
            }
        }
    });
    Ok(Link { client, host: address.to_string(), is_standby, statements: Statements::default(), is_alone, task })
}

/// Refuses what speaks the protocol but is something else, and what is too old.
fn check_kind(version: &str, is_cockroach: bool) -> Result<(), Refusal> {
    let unsupported = |why: String| Err(Refusal::Unsupported(why));
    if is_cockroach {
        return unsupported(
            "it is CockroachDB, which has no advisory locks and no PL/pgSQL as PostgreSQL has them".into(),
        );
    }
    if version.contains("-YB-") {
        return unsupported("it is YugabyteDB, which locks and numbers otherwise than PostgreSQL".into());
    }
    let major = version.split(|c: char| !c.is_ascii_digit()).next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST => Ok(()),
        Some(_) => unsupported(format!("it is PostgreSQL {version}, and {OLDEST} is the oldest that will do")),
        None => unsupported(format!("it is no PostgreSQL: its version is {version:?}")),
    }
}

/// Why a connection failed, with what can be done about it.
fn explained(error: &tokio_postgres::Error) -> String {
    let why = reason(error);
    if why.contains("server does not support TLS") {
        return format!("{why}; where the network can be trusted, say so with sslmode=disable");
    }
    if why.contains("unexpected message") || why.contains("error parsing response") || why.contains("invalid message") {
        return format!("{why}: is it a PostgreSQL server?");
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_postgresql_is_refused() {
        let why = |version, cockroach| match check_kind(version, cockroach) {
            Ok(()) => "taken".to_string(),
            Err(Refusal::Unsupported(why) | Refusal::Passed(why) | Refusal::Now(why)) => why,
            Err(Refusal::Settings) => "settings".into(),
        };
        assert_eq!(why("15.20 (Debian 15.20-0+deb12u1)", false), "taken");
        assert_eq!(why("18beta1", false), "taken");
        assert_eq!(why("14.0", false), "taken");
        assert!(why("13.11", false).contains("14 is the oldest"));
        assert!(why("13.0.0", true).contains("CockroachDB"));
        assert!(why("11.2-YB-2.20.1.0-b0", false).contains("YugabyteDB"));
        assert!(why("", false).contains("no PostgreSQL"));
    }
}
