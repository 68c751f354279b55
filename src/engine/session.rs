//! The session that a board is open in: whether it is open, transactions, which state of the content it sees.

use std::rc::Rc;

use super::Control;
use crate::error::Result;

/// What an engine does with its session.
pub trait Session {
    /// Whether it is open.
    fn is_open(&self) -> bool;

    /// Refuses a closed session, and one that is in the middle of a call.
    ///
    /// # Errors
    /// A `TypeError` that says which.
    fn check_idle(&self) -> Result<()>;

    /// Whether a transaction is open.
    fn in_transaction(&self) -> bool;

    /// Whether it is open and nothing is under way on it: neither a transaction nor a list that somebody iterates over.
    fn is_at_rest(&self) -> bool;

    /// Takes a step of a transaction.
    ///
    /// # Errors
    /// A `TypeError` where the session can't, the engine's error.
    fn control(&self, control: Control) -> Result<()>;

    /// Sets who is named, as JSON, with what the calls write from now on, and the time by the caller's own clock; `None`
    /// names nobody, and leaves the time to whatever writes.
    fn act_as(&self, by: Option<&Rc<str>>, at: Option<i64>);

    /// Begins to gather writes, where a trip for each row would take long: none is done before
    /// [`Session::send_gathered`], so what they answer says nothing. `false` where the engine has no need of it.
    ///
    /// # Errors
    /// As what writes.
    fn gather(&self) -> Result<bool> {
        Ok(false)
    }

    /// Does what was gathered, all or nothing. `false` where nothing was done: done one by one, they tell why.
    ///
    /// # Errors
    /// The engine's error, which is about none of them.
    fn send_gathered(&self) -> Result<bool> {
        Ok(false)
    }

    /// Forgets what was gathered: none of it is done.
    fn forget_gathered(&self) {}

    /// A token of the content: a number that stays as long as nobody commits anything, in whichever process, and never comes
    /// back; 0 where that can't be told, inside a transaction for one.
    fn generation(&self) -> i32;

    /// Tells an engine that can find out only by asking of which generation the answer to the next read is kept, 0 of none: where
    /// that answer still holds, the read gives nothing, and [`Session::still_holds`] says so.
    fn expect(&self, kept: i32) {
        let _ = kept;
    }

    /// Whether what is kept of the last read still holds.
    fn still_holds(&self) -> bool {
        false
    }

    /// Of which generation the last list was, of an engine that can tell only by asking; 0 where that can't be told.
    fn generation_read(&self) -> i32 {
        0
    }

    /// Closes it; harmless a second time.
    ///
    /// # Errors
    /// A `TypeError` where something is under way on it, the engine's error.
    fn close(&self) -> Result<()>;
}
