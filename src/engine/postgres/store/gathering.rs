//! Calls that write many rows: their statements are gathered, and sent as one trip and one transaction.
//!
//! The answer that fails tells which statement failed, but the error needs the caller's values: so the caller makes all of the calls again
//! then, one by one.

use std::rc::Rc;

use super::Store;
use super::call::Call;
use super::conversation::SIGN;
use super::state::Gathered;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::error_codes::{answered, is_about_data};
use crate::engine::postgres::client::value::Value;
use crate::error::{Error, Result};

impl Store {
    /// Begins to gather writes, unless the first one is refused anyway, as on a read-only board: its error is to be thrown.
    pub(super) fn begin_gathering(&self) -> Result<bool> {
        self.check_open()?;
        self.gathered.replace((!self.readonly).then(Gathered::default));
        Ok(!self.readonly)
    }

    /// Sends what was gathered. `false` where the calls have to be made one by one: nothing of them was done then.
    pub(super) fn send_gathered(&self) -> Result<bool> {
        let Some(gathered) = self.gathered.take().filter(|gathered| !gathered.is_refused) else { return Ok(false) };
        if gathered.statements.is_empty() {
            return Ok(true);
        }
        let signature = self.signature();
        let mut steps: Vec<Step<'_>> = signature.iter().map(|values| Step::Statement(SIGN, values)).collect();
        steps.extend(gathered.statements.iter().map(|(sql, values)| Step::Statement(sql, values)));
        if self.is_within() {
            return match self.guarded(&steps) {
                Ok(_) => Ok(true),
                Err(error) if self.check_not_lost().is_err() => Err(error),
                Err(_) => Ok(false),
            };
        }
        for answer in self.say_once(true, Call::new(), &steps, &[])? {
            match answer {
                Ok(_) => {}
                // It is one of the statements that failed.
                Err(error) if is_about_data(&error) => return Ok(false),
                Err(error) => return Err(answered(error, &self.client.host())),
            }
        }
        Ok(true)
    }

    /// Forgets what was gathered.
    pub(super) fn forget_gathered(&self) {
        self.gathered.take();
    }

    /// Gathers a statement whose answer nobody needs; `false` where it has to be sent now.
    pub(super) fn gather_statement(&self, alone: bool, sql: &Rc<str>, values: &[Value<'_>]) -> Result<bool> {
        if let Some(gathered) = &mut *self.gathered.borrow_mut() {
            let owned: Option<Vec<Value<'static>>> = values.iter().map(Value::owned).collect();
            if let Some(values) = owned.filter(|_| !alone) {
                gathered.statements.push((Rc::clone(sql), values));
                return Ok(true);
            }
        }
        self.refuse_to_gather().map(|()| false)
    }

    /// Refuses what needs its answer before the next is sent: nothing is gathered from then on.
    pub(super) fn refuse_to_gather(&self) -> Result<()> {
        let Some(gathered) = &mut *self.gathered.borrow_mut() else { return Ok(()) };
        gathered.is_refused = true;
        // Nobody sees it: all of it is done again, one by one.
        Err(Error::Type("It needs an answer of its own".into()))
    }
}
