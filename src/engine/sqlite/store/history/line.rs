//! A run as the history has it: where it is in every order, and what filters ask for.

use crate::engine::RunOrder;
pub(super) use crate::engine::series::archived_name;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::model::run::{End, Status};
pub use crate::model::time::{FIRST as FIRST_TIME, NONE as NO_TIME};
use crate::model::trend::{Ended, How};

/// Keys of executions that were only recorded begin here: this plus the number of the log's row that made the execution. A run's
/// are less than half of this; those between are of executions that the log knows nothing of.
pub const RECORDED: i64 = 1 << 40;

/// The key of the archived worktree that the history knows by this name.
pub fn archived_key(name: &str) -> Option<i64> {
    name.strip_prefix('\u{1}')?.parse().ok()
}

/// When a run was made, and where it is among those made at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub at: i64,
    pub key: i64,
}

/// An execution that was only recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub id: String,
    /// Its time as text, where that isn't as we write times.
    pub made_text: Option<String>,
}

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub place: Place,
    pub zone_id: String,
    pub worktree_id: String,
    pub agent_type: String,
    pub status: i64,
    pub parent_run_id: Option<String>,
    pub duration_ms: Option<i64>,
    pub cost_micros: Option<i64>,
    pub recorded: Option<Recorded>,
    /// When it ended, if it has and that time is readable.
    pub finished_at: Option<i64>,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    /// The models that it used; none where it was read from the table for a list.
    pub models: Vec<Used>,
}

/// A model that a run used, and how much of it, where that is known: tokens in, tokens out, millionths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub model: String,
    pub amounts: [Option<i64>; 3],
}

impl Used {
    /// The row that a statement stands on.
    pub fn read(row: &Statement) -> Self {
        Self { model: row.text(0), amounts: [1, 2, 3].map(|column| row.integer_or_null(column)) }
    }
}

impl Line {
    /// The row that a statement stands on, as far as a list shows it: the rest of a run is read from its own row, and so is that
    /// of an execution that is shown in full.
    pub fn read(row: &Statement, full: bool) -> Self {
        let recorded = row.text_or_null(9).map(|id| Recorded { id, made_text: row.text_or_null(10) });
        let [zone_id, worktree_id, agent_type] =
            if recorded.is_some() && !full { [2, 3, 4].map(|column| row.text(column)) } else { Default::default() };
        Self {
            place: place(row),
            zone_id,
            worktree_id,
            agent_type,
            status: row.integer(5),
            parent_run_id: None,
            duration_ms: None,
            cost_micros: None,
            recorded,
            finished_at: None,
            input_tokens: None,
            output_tokens: None,
            models: Vec::new(),
        }
    }

    /// All of the row that a statement stands on, but for its models.
    pub fn read_whole(row: &Statement) -> Self {
        let [zone_id, worktree_id, agent_type] = [2, 3, 4].map(|column| row.text(column));
        let [duration_ms, cost_micros, finished_at, input_tokens, output_tokens] =
            [7, 8, 11, 12, 13].map(|column| row.integer_or_null(column));
        let parent_run_id = row.text_or_null(6);
        let line = Self { zone_id, worktree_id, agent_type, parent_run_id, ..Self::read(row, true) };
        Self { duration_ms, cost_micros, finished_at, input_tokens, output_tokens, ..line }
    }

    /// What is added up of it; `None` before it has ended.
    pub fn ended(&self) -> Option<Ended> {
        let how = match status(self.status) {
            Some(Status::Ended(End::Succeeded)) => How::Succeeded,
            Some(Status::Ended(End::Failed)) => How::Failed,
            _ => How::Otherwise,
        };
        let used = [self.input_tokens, self.output_tokens, self.cost_micros];
        Some(Ended { at: self.finished_at?, how, duration_ms: self.duration_ms, used })
    }

    pub fn values(&self) -> [Bind<'_>; 15] {
        let recorded = self.recorded.as_ref();
        [
            Bind::Integer(self.place.at),
            Bind::Integer(self.place.key),
            Bind::Text(&self.zone_id),
            Bind::Text(&self.worktree_id),
            Bind::Text(&self.agent_type),
            Bind::Integer(self.status),
            self.parent_run_id.as_deref().into(),
            self.duration_ms.into(),
            self.duration_ms.map(digits).into(),
            self.cost_micros.into(),
            recorded.map(|recorded| recorded.id.as_str()).into(),
            recorded.and_then(|recorded| recorded.made_text.as_deref()).into(),
            self.finished_at.into(),
            self.input_tokens.into(),
            self.output_tokens.into(),
        ]
    }

    /// Where it is in an order; `None` where that doesn't have it.
    pub fn rank(&self, order: RunOrder) -> Option<Rank> {
        rank(order, self.place, self.duration_ms, self.cost_micros)
    }
}

/// Where a run is in an order: what it is ordered by first, then when it was made.
pub type Rank = (i64, Place);

/// The same of a row that a statement stands on.
pub(super) fn rank_of(order: RunOrder, row: &Statement) -> Option<Rank> {
    rank(order, place(row), row.integer_or_null(7), row.integer_or_null(8))
}

fn rank(order: RunOrder, place: Place, duration_ms: Option<i64>, cost_micros: Option<i64>) -> Option<Rank> {
    let value = match order {
        RunOrder::Newest | RunOrder::Oldest => 0,
        RunOrder::Longest => duration_ms?,
        RunOrder::Costliest => cost_micros?,
    };
    Some((value, place))
}

pub(super) fn place(row: &Statement) -> Place {
    Place { at: row.integer(0), key: row.integer(1) }
}

/// How many binary digits a duration has: so runs that took about as long are together, in the order in which they were made.
pub fn digits(duration_ms: i64) -> i64 {
    (i64::BITS - duration_ms.max(0).leading_zeros()).into()
}

/// The number that stands for a state.
pub(super) fn code(status: Status) -> i64 {
    Status::ALL.iter().position(|other| *other == status).map_or(-1, |nth| nth as i64)
}

/// The same of a state's word.
pub fn status_code(word: &str) -> Option<String> {
    Status::from_word(word).map(|status| code(status).to_string())
}

/// The state that a number stands for.
pub(super) fn status(code: i64) -> Option<Status> {
    usize::try_from(code).ok().and_then(|nth| Status::ALL.get(nth).copied())
}
