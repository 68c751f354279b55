//! The client: one connection, on which whole conversations are sent at once, so that a call is one trip to the server.
//!
//! A statement has a name where the session is this client's own (`statements.rs`). Behind a pooler, which gives each
//! transaction another session, it is sent without one and with the types of its values: nothing is left behind. A call waits
//! no longer than its deadline, whatever the server does, and a connection whose answer did not come in time is not used again.

mod connect;
mod conversation;
pub mod error_codes;
mod looked;
mod own_session;
mod row;
mod statements;
mod step;
mod tls;
mod trips;
pub mod value;

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use self::connect::{Link, Unconnected, Wanted};
pub use self::looked::{Look, Looked};
pub use self::step::{Answer, Step};
use self::trips::Trips;
use super::target::Target;
use crate::error::{Error, Result};
use tokio::runtime::{Builder, Runtime};

/// How much longer to wait for the server than for a lock, by default.
const GRACE: Duration = Duration::from_secs(1);
/// How long Terminate may take to be sent: a server that is frozen doesn't get it.
const GOODBYE: Duration = Duration::from_millis(20);
/// After how long without a call to check whether the server has hung up.
const SILENCE: Duration = Duration::from_millis(100);

/// Why there is no answer.
#[derive(Debug)]
pub enum Lost {
    /// Nothing was sent: there was no connection to be had. Whether there may soon be one.
    Unsent(Error, bool),
    /// Nothing was done: the host takes no writes any more, and another one may.
    Refused(tokio_postgres::Error),
    /// Nothing was sent: the connection that has the transaction is gone.
    Gone,
    /// The connection ended, with something sent.
    Ended(String),
    /// The time ended, with something sent.
    Silent(String),
}

impl Lost {
    /// Why, for people.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Unsent(error, _) => error.message(),
            Self::Refused(_) => "it takes no writes any more",
            Self::Gone => "the connection was closed",
            Self::Ended(why) | Self::Silent(why) => why,
        }
    }

    /// Whether something may have been done.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        matches!(self, Self::Ended(_) | Self::Silent(_))
    }

    /// Whether it may succeed on another connection. A wait in vain is not repeated.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Unsent(_, false) | Self::Silent(_))
    }

    /// The error of a call that has changed nothing yet.
    #[must_use]
    pub fn unavailable(self, host: &str) -> Error {
        match self {
            Self::Unsent(error, _) => error,
            Self::Refused(error) => error_codes::answered(error, host),
            lost => error_codes::unavailable(host, lost.why()),
        }
    }

    /// The error of a call whose change was to be committed by that.
    #[must_use]
    pub fn outcome_unknown(self, host: &str) -> Error {
        match self {
            Self::Unsent(error, _) => error_codes::outcome_unknown(host, error.message()),
            lost => error_codes::outcome_unknown(host, lost.why()),
        }
    }
}

/// A client of a database.
pub struct Client {
    target: Target,
    readonly: bool,
    timeout: Duration,
    /// How much longer to wait for the server than for a lock.
    grace: Cell<Duration>,
    runtime: Runtime,
    link: RefCell<Option<Link>>,
    heard: Cell<Instant>,
    is_pooled: Cell<bool>,
    has_lost_name: Cell<bool>,
    trips: Trips,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// `ERR_DATABASE_UNAVAILABLE` with the host and why, `ERR_ENGINE_UNSUPPORTED` where it is no PostgreSQL that will do.
    pub fn open(target: Target, readonly: bool, timeout: Duration) -> Result<Self> {
        let built = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = built.map_err(|error| error_codes::unavailable(target.shown(), &error.to_string()))?;
        let (link, heard) = (RefCell::default(), Cell::new(Instant::now()));
        let (is_pooled, has_lost_name, trips) = (Cell::default(), Cell::default(), Trips::default());
        let grace = Cell::new(GRACE);
        let client = Self { target, readonly, timeout, grace, runtime, link, heard, is_pooled, has_lost_name, trips };
        client.connected().map_err(|none| none.error)?;
        Ok(client)
    }

    /// How long to wait for somebody else's lock.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Where it connects to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Gives the server so much more time for each answer: there are statements that read all of a table.
    pub fn be_patient(&self, grace: Duration) {
        self.grace.set(grace);
    }

    /// How far away the server is.
    #[must_use]
    pub fn trips(&self) -> &Trips {
        &self.trips
    }

    /// The host that it is connected to; without a connection the URL.
    #[must_use]
    pub fn host(&self) -> String {
        self.link.borrow().as_ref().map_or_else(|| self.target.shown().to_string(), |link| link.host.clone())
    }

    /// Whether the session is nobody else's, and began with the settings that it is to have.
    #[must_use]
    pub fn is_own_session(&self) -> bool {
        self.link.borrow().as_ref().is_some_and(|link| link.statements.is_own())
    }

    /// The number of the connection, where the server's snapshots tell whether anything was committed: not behind a pooler or on a standby.
    #[must_use]
    pub fn tells_snapshots(&self) -> Option<u64> {
        let tells = self.link.borrow().as_ref().is_some_and(|link| link.statements.is_own() && !link.is_standby);
        tells.then(|| self.trips.connections())
    }

    /// Whether what was sent last failed only because the server no longer knew a statement's name: nothing of that statement was
    /// done, and it is sent again without one.
    pub fn take_lost_name(&self) -> bool {
        self.has_lost_name.take()
    }

    /// Closes the connection. The server rolls back what was open.
    pub fn hang_up(&self) {
        if let Some(link) = self.link.take() {
            self.runtime.block_on(link.end(GOODBYE));
        }
    }

    /// Sends all of it at once: the answers, one for each step. Where there is no connection any more, on another one.
    ///
    /// # Errors
    /// Where not all of them came.
    pub fn send(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        self.notice_silence();
        self.connected().map_err(|none| Lost::Unsent(none.error, none.may_pass))?;
        let mut answers = self.say(steps)?;
        // Another one of several hosts has taken over.
        let refused = answers.iter().position(|answer| answer.as_ref().is_err_and(error_codes::is_refused_write));
        match refused.filter(|_| !self.readonly && self.target.hosts.len() > 1).map(|nth| answers.swap_remove(nth)) {
            Some(Err(error)) => {
                self.hang_up();
                Err(Lost::Refused(error))
            }
            _ => Ok(answers),
        }
    }

    /// The same in the middle of a transaction. Only this connection has it: on another one COMMIT would have nothing to commit, and
    /// say that it has.
    ///
    /// # Errors
    /// Where not all of them came.
    pub fn go_on(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        self.notice_silence();
        if self.link.borrow().is_none() {
            return Err(Lost::Gone);
        }
        self.say(steps)
    }

    /// Runs a person's own statement, which only reads.
    ///
    /// # Errors
    /// What the server refuses it with.
    pub fn look(&self, look: Look<'_>) -> Result<Looked> {
        self.connected().map_err(|none| none.error)?;
        let link = self.link.borrow();
        let Some(Link { client, host, .. }) = link.as_ref() else {
            return Err(Lost::Gone.unavailable(self.target.shown()));
        };
        self.runtime.block_on(looked::look(client, look)).map_err(|error| error_codes::answered(error, host))
    }

    fn say(&self, steps: &[Step<'_>]) -> Result<Vec<Answer>, Lost> {
        let within = self.timeout.saturating_add(self.grace.get());
        let link = self.link.borrow();
        let Some(link_in_use) = link.as_ref() else {
            return Err(Lost::Gone);
        };
        let sent = Instant::now();
        let said = self.runtime.block_on(conversation::say_within(link_in_use, steps, within));
        if let Some(answers) = &said {
            let is_lost =
                |answer: &Answer| answer.as_ref().is_err_and(|error| link_in_use.statements.is_lost_name(error));
            self.has_lost_name.set(answers.iter().any(is_lost));
        }
        let is_alone = link_in_use.is_alone.swap(false, Ordering::Relaxed);
        drop(link);
        self.heard.set(Instant::now());
        self.trips.count(sent.elapsed());
        let Some(answers) = said else {
            self.hang_up();
            return Err(Lost::Silent(connect::no_answer(within)));
        };
        if let Some(Err(error)) = answers.iter().find(|answer| answer.as_ref().is_err_and(error_codes::ends_session)) {
            let why = error_codes::reason(error);
            self.hang_up();
            return Err(Lost::Ended(why));
        }
        if is_alone {
            return Err(Lost::Ended(
                "it has committed, and no longer waits for its synchronous standby to have it".into(),
            ));
        }
        Ok(answers)
    }

    fn connected(&self) -> Result<(), Unconnected> {
        if self.link.borrow().is_some() {
            return Ok(());
        }
        let within = self.timeout.saturating_add(GRACE);
        let Self { target, readonly, timeout, is_pooled, .. } = self;
        let wanted = Wanted { target, readonly: *readonly, within, timeout: *timeout, is_pooled };
        let link = self.runtime.block_on(connect::connect(&wanted))?;
        self.link.replace(Some(link));
        self.trips.start_again();
        self.heard.set(Instant::now());
        Ok(())
    }

    /// Lets go of a connection that the server has ended meanwhile: a call that was not sent on it can be sent on another.
    fn notice_silence(&self) {
        if self.heard.get().elapsed() < SILENCE {
            return;
        }
        self.runtime.block_on(async {
            for _ in 0..2 {
                tokio::task::yield_now().await;
            }
        });
        if self.link.borrow().as_ref().is_some_and(|link| link.client.is_closed()) {
            self.hang_up();
        }
    }
}
