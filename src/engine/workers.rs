//! Runs, as seen by the workers that do them.

use crate::error::Result;
use crate::model::Given;
use crate::rows::Batch;

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who it is.
    pub worker: Given<'a>,
    /// How many runs at most.
    pub limit: Given<'a>,
    /// For how long it will hold them.
    pub lease_ms: Given<'a>,
    /// Of one of these zones; `None` is of any.
    pub zones: Option<&'a [String]>,
    /// For one of these agents.
    pub agents: Option<&'a [String]>,
    /// Whether this goes on with a claim that was too large for one call: its first part took away what ran out of its lease,
    /// and a run that a claim has taken is not taken again by the same claim, however short the lease.
    pub goes_on: bool,
}

/// A claim, and what was answered when somebody was asked whether its worker is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The run.
    pub id: String,
    /// The token of the claim.
    pub token: i64,
    /// What was answered.
    pub alive: bool,
}

/// What an engine does with runs for those who do them. Times are the caller's clock's, in milliseconds; leases go by a clock
/// that nobody sets.
pub trait Workers {
    /// Enqueues a run and claims it: worker and length of the lease are given behind its fields. Behind the run's cells is
    /// the token.
    ///
    /// # Errors
    /// As [`Runs::enqueue_run`](super::Runs::enqueue_run); `ERR_RUN_LIMIT`, `ERR_BUDGET`.
    fn start_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Claims the runs that are next in line: a row each, the token behind its cells.
    ///
    /// # Errors
    /// The model's for a value.
    fn claim_runs(&self, method: &'static str, claim: &Claim<'_>, now: f64, batch: &mut Batch) -> Result<()>;

    /// Lengthens a lease: one row, until when, and whether the run is to stop. Id, token and length are given.
    ///
    /// # Errors
    /// `ERR_NOT_FOUND`, `ERR_LEASE_LOST`, the model's for a value.
    fn heartbeat_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Lets a run wait for a person and returns it. Id, token and question are given.
    ///
    /// # Errors
    /// As [`Workers::heartbeat_run`].
    fn wait_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Gives a run back unworked and returns it. Id and token are given.
    ///
    /// # Errors
    /// As [`Workers::heartbeat_run`].
    fn release_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// Says what became of a run and returns it. Id, token, status, and what there is to say are given.
    ///
    /// # Errors
    /// As [`Workers::heartbeat_run`].
    fn finish_run(&self, given: &[Given<'_>], now: f64, batch: &mut Batch) -> Result<()>;

    /// The runs whose lease ran out `grace_ms` ago or earlier, in the order of their ids, behind `after`: a row each, the token
    /// behind its cells; at most a batch.
    ///
    /// # Errors
    /// The model's for a value.
    fn runs_out_of_lease(&self, grace_ms: Given<'_>, after: Given<'_>, now: f64, batch: &mut Batch) -> Result<()>;

    /// Takes away the runs whose lease ran out `grace_ms` ago or earlier, and those that took too long: a row each, its id and
    /// its status. Where somebody was asked whether workers are alive, a lease that ran out counts only if its claim was asked
    /// about.
    ///
    /// # Errors
    /// The model's for a value.
    fn sweep_runs(&self, grace_ms: Given<'_>, asked: Option<&[Asked]>, now: f64, batch: &mut Batch) -> Result<()>;

    /// In how many milliseconds a run may become claimable without anybody doing anything: a lease runs out, a run's time
    /// comes, the period of a spent budget is over. `None` where nothing is to come.
    ///
    /// # Errors
    /// The engine's error.
    fn next_run_due(&self, now: f64) -> Result<Option<i64>>;

    /// Where the log of changes ends, and whether anything behind `after` may have brought a run that can be claimed; also
    /// where the log ends before that.
    ///
    /// # Errors
    /// The engine's error.
    fn news_of_runs(&self, after: Option<i64>) -> Result<(i64, bool)>;
}
