//! Where the database is: a URL as libpq knows it, taken apart. What is shown of it never contains the password.

use std::fmt::Write;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::ssl_mode::SslMode;
use crate::error::{Error, Facts, Result};

/// One of the hosts that may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name, an address, or the folder of a Unix socket.
    pub host: Host,
    /// The port.
    pub port: u16,
}

impl Address {
    /// Whether it is this machine: what is sent there crosses no network.
    fn is_local(&self) -> bool {
        match &self.host {
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
            #[cfg(unix)]
            Host::Unix(_) => true,
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.host {
            Host::Tcp(name) if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Host::Tcp(name) => write!(f, "{name}:{}", self.port),
            #[cfg(unix)]
            Host::Unix(folder) => write!(f, "{}/.s.PGSQL.{}", folder.display(), self.port),
        }
    }
}

/// Where the database is, and how to connect to it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The hosts that may have it, in the order in which they are tried.
    pub hosts: Vec<Address>,
    /// The settings for all of them, without the hosts.
    pub config: Config,
    /// Whether a host that takes writes is wanted, or one that doesn't.
    pub attrs: TargetSessionAttrs,
    /// The mode that was asked for.
    ssl_mode: Option<SslMode>,
    /// A file of root certificates; where there is none, the system's are taken.
    pub root_certificates: Option<PathBuf>,
    shown: String,
}

/// What is read here of a URL, instead of by the client's library.
#[derive(Default)]
struct Apart {
    ssl_mode: Option<SslMode>,
    root_certificates: Option<PathBuf>,
}

/// The port of PostgreSQL.
const PORT: u16 = 5432;

impl Target {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// A `TypeError` that doesn't repeat the URL, which may have a password in it.
    pub fn parse(url: &str) -> Result<Self> {
        let mut apart = Apart::default();
        let rest = apart.take_from(url)?;
        let given: Config = rest.parse().map_err(|error| refused(&told(&error)))?;
        let hosts = addresses(&given)?;
        let mut attrs = given.get_target_session_attrs();
        if attrs == TargetSessionAttrs::Any && hosts.len() > 1 {
            attrs = TargetSessionAttrs::ReadWrite;
        }
        let Apart { ssl_mode, root_certificates } = apart;
        let (config, shown) = (without_hosts(&given), shown(&given, &hosts));
        Ok(Self { hosts, config, attrs, ssl_mode, root_certificates, shown })
    }

    /// The mode for a host. Where nobody says otherwise, its certificate is checked as soon as there is a network between.
    #[must_use]
    pub fn ssl_mode(&self, address: &Address) -> SslMode {
        self.ssl_mode.unwrap_or(if address.is_local() { SslMode::Prefer } else { SslMode::VerifyFull })
    }

    /// The URL without the password, for people.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl Apart {
    /// Takes out what the client's library doesn't read, or reads otherwise.
    fn take_from(&mut self, url: &str) -> Result<String> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(refused("it must begin with postgres:// or postgresql://"));
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (authority, path) =
            base.split_once("//").map_or(("", base), |(_, rest)| rest.split_once('/').unwrap_or((rest, "")));
        if authority.matches('@').count() > 1 || path.contains('@') || query.contains('@') {
            // This is part of a password: nothing of it may be taken for anything else, and shown.
            return Err(refused("`@`, `/` and `?` in a user's name or a password must be percent-encoded"));
        }
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "sslmode" => {
                    let modes = "sslmode must be disable, allow, prefer, require, verify-ca or verify-full";
                    self.ssl_mode = Some(SslMode::named(value).ok_or_else(|| refused(modes))?);
                }
                "sslrootcert" => {
                    let path = decoded(value).ok_or_else(|| refused("sslrootcert is not percent-encoded UTF-8"))?;
                    if path == "system" {
                        // As in libpq: naming the system's certificates asks for the full check.
                        self.ssl_mode.get_or_insert(SslMode::VerifyFull);
                    } else {
                        self.root_certificates = Some(path.into());
                    }
                }
                _ => rest.push(pair),
            }
        }
        Ok(if rest.is_empty() { base.to_string() } else { format!("{base}?{}", rest.join("&")) })
    }
}

fn refused(why: &str) -> Error {
    let (code, method, field) = (Some("ERR_INVALID_ARG_VALUE"), "VisualDatabase", Some("url"));
    Error::Type(format!("VisualDatabase: url can't be read: {why}")).about(Facts {
        code,
        method,
        field,
        ..Facts::default()
    })
}

/// What the library says of a URL: its error, and the cause where that isn't in it.
fn told(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        let cause = cause.to_string();
        // The cause names the option: invalid value for option `port`.
        if !text.contains(&cause) {
            let _ = write!(text, ": {cause}");
        }
    }
    text
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

/// The hosts, each with its port: there is one port for each, one for all, or PostgreSQL's.
fn addresses(given: &Config) -> Result<Vec<Address>> {
    let (named, ports) = (given.get_hosts(), given.get_ports());
    let mut hosts = named.to_vec();
    if hosts.is_empty() {
        hosts = given.get_hostaddrs().iter().map(|ip| Host::Tcp(ip.to_string())).collect();
    }
    if hosts.is_empty() {
        return Err(refused("it names no host"));
    }
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(refused("there are several ports, and not one for each host"));
    }
    let port = |nth: usize| ports.get(nth).or(ports.first()).copied().unwrap_or(PORT);
    Ok(hosts.into_iter().enumerate().map(|(nth, host)| Address { host, port: port(nth) }).collect())
}

/// The settings for all hosts, without the hosts.
fn without_hosts(given: &Config) -> Config {
    let mut config = Config::new();
    if let Some(user) = given.get_user() {
        config.user(user);
    }
    if let Some(password) = given.get_password() {
        config.password(password);
    }
    if let Some(name) = given.get_dbname() {
        config.dbname(name);
    }
    if let Some(options) = given.get_options() {
        config.options(options);
    }
    if let Some(name) = given.get_application_name() {
        config.application_name(name);
    }
    config.keepalives(given.get_keepalives()).keepalives_idle(given.get_keepalives_idle());
    if let Some(interval) = given.get_keepalives_interval() {
        config.keepalives_interval(interval);
    }
    if let Some(retries) = given.get_keepalives_retries() {
        config.keepalives_retries(retries);
    }
    if let Some(timeout) = given.get_tcp_user_timeout() {
        config.tcp_user_timeout(*timeout);
    }
    config
}

fn shown(given: &Config, hosts: &[Address]) -> String {
    let user = given.get_user().map_or_else(String::new, |user| format!("{user}@"));
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let database = given.get_dbname().map_or_else(String::new, |name| format!("/{name}"));
    format!("postgres://{user}{}{database}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        Target::parse(url).map_or_else(|error| error.message().to_string(), |target| target.shown().to_string())
    }

    #[test]
    fn what_is_shown_has_no_password() {
        assert_eq!(shown("postgres://me:pass%40word@db.example/board"), "postgres://me@db.example:5432/board");
        assert_eq!(shown("postgresql://me@a:1,b:2/board?password=secret"), "postgres://me@a:1,b:2/board");
        assert_eq!(shown("postgres://me@[::1]:7/x"), "postgres://me@[::1]:7/x");
        #[cfg(unix)]
        assert_eq!(shown("postgres:///x?host=/run/pg&user=me"), "postgres://me@/run/pg/.s.PGSQL.5432/x");
    }

    #[test]
    fn what_is_refused_repeats_no_password() {
        let urls = [
            "mysql://me:secret@db/x",
            "postgres://me:secret@db:99999/x",
            "postgres://me:secret@db:secret/x",
            "postgres://me:secret@db/x?sslmode=secret",
            "postgres://me:secret@db/x?port=secret",
            "postgres://me:secret@db/x?secret=secret",
            "postgres://me:sec%ret@db:secret",
            "postgres://me:a?secret@db/x",
            "postgres://me:a@secret@db/x",
            "postgres://me:a/secret@db/x",
            "postgres://me:secret@",
        ];
        for url in urls {
            let error = Target::parse(url).expect_err(url);
            assert!(error.message().starts_with("VisualDatabase: url can't be read: "), "{error}");
            assert!(!error.message().contains("secret") || url.contains("secret=secret"), "{error}");
        }
    }

    #[test]
    fn a_certificate_is_checked_where_there_is_a_network_between() {
        let mode = |url: &str| {
            let target = Target::parse(url).expect(url);
            target.ssl_mode(&target.hosts[0])
        };
        assert_eq!(mode("postgres://db.example/x"), SslMode::VerifyFull);
        assert_eq!(mode("postgres://10.0.0.1/x"), SslMode::VerifyFull);
        assert_eq!(mode("postgres://127.0.0.1/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://localhost/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://db.example/x?sslmode=require"), SslMode::Require);
        assert_eq!(mode("postgres://localhost/x?sslrootcert=system"), SslMode::VerifyFull);
    }
}
