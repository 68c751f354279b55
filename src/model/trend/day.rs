//! What the runs of a day of UTC come to, by the quarter of an hour in which they ended, and the bytes that it is stored as: those of
//! the whole day, and those of its quarters.
//!
//! Of a day, and of each quarter, there is how long the longest run took, what is known, the counts, and of what is known the sums.
//! The bytes of the quarters are a number for the form, then the quarters in their order: how many each is behind the one before, how many
//! bytes it has, and these. Numbers are written seven bits a byte, the lowest first.

use std::collections::BTreeMap;

use super::bytes::{Reader, bytes_of, push};
use super::totals::{Ended, Totals};

/// A quarter of an hour, in milliseconds.
pub const QUARTER: i64 = 900_000;
/// Quarters of a day.
pub const QUARTERS: i64 = 96;
/// A day, in milliseconds.
pub const DAY: i64 = QUARTERS * QUARTER;

/// The form that the bytes have.
const FORM: u8 = 1;
/// A day, by its quarters.
#[derive(Debug, Clone, Default)]
pub struct Day {
    quarters: BTreeMap<u8, Totals>,
}

/// Where the quarters of a day go.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of each, to what; `None` is nowhere.
    to: [Option<usize>; QUARTERS as usize],
    /// Where most of them go.
    most: Option<usize>,
    /// They all do.
    is_all: bool,
}

impl Plan {
    /// Where each quarter goes.
    #[must_use]
    pub fn new(to: impl Fn(u8) -> Option<usize>) -> Self {
        let to: [Option<usize>; QUARTERS as usize] = std::array::from_fn(|quarter| to(quarter as u8));
        // What more than half of it goes to has one of these two.
        let goes = |most: &Option<usize>| to.iter().filter(|one| *one == most).count() > to.len() / 2;
        let most = [to[47], to[48]].into_iter().find(goes).flatten();
        Self { is_all: most.is_some() && to.iter().all(|one| *one == most), most, to }
    }

    /// Whether it is enough to know the whole of a day.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_all
    }

    /// Whether a quarter goes anywhere.
    #[must_use]
    pub fn takes(&self, quarter: u8) -> bool {
        self.to[usize::from(quarter)].is_some()
    }
}

/// A day as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// All of it.
    pub whole: &'a [u8],
    /// By quarters.
    pub quarters: &'a [u8],
}

/// The day of UTC that a time is in, and which of its quarters.
#[must_use]
pub fn place(at: i64) -> (i64, u8) {
    (at.div_euclid(DAY), (at.rem_euclid(DAY) / QUARTER) as u8)
}

impl Day {
    /// What the bytes of quarters say; `None` where they are none of a day.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut day = Self::default();
        each(bytes, |quarter, mut totals| totals.add_to(day.quarters.entry(quarter).or_default()))?;
        Some(day)
    }

    /// One run more.
    pub fn add(&mut self, run: &Ended) {
        self.quarters.entry(place(run.at).1).or_default().add(run);
    }

    /// All of another one.
    pub fn join(&mut self, other: &Self) {
        for (quarter, totals) in other.quarters() {
            self.quarters.entry(quarter).or_default().join(totals);
        }
    }

    /// One less; `true` where somebody has to look which one took longest now.
    pub fn take(&mut self, run: &Ended) -> bool {
        let quarter = place(run.at).1;
        let Some(totals) = self.quarters.get_mut(&quarter) else { return false };
        let is_lost = totals.take(run);
        if totals.is_empty() {
            self.quarters.remove(&quarter);
            return false;
        }
        is_lost
    }

    /// A quarter, if it has any.
    pub fn of(&mut self, quarter: u8) -> Option<&mut Totals> {
        self.quarters.get_mut(&quarter)
    }

    /// The quarters that have any.
    pub fn quarters(&self) -> impl Iterator<Item = (u8, &Totals)> {
        self.quarters.iter().map(|(quarter, totals)| (*quarter, totals))
    }

    /// Adds its quarters where they go.
    pub fn add_to(&self, plan: &Plan, into: &mut impl Into) {
        for (quarter, own) in self.quarters() {
            if let Some(at) = plan.to[usize::from(quarter)] {
                into.totals(at).join(own);
            }
        }
    }

    /// As it is stored: all of it, and by quarters.
    #[must_use]
    pub fn bytes(&self) -> (Vec<u8>, Vec<u8>) {
        let (mut whole, mut bytes, mut before) = (Totals::default(), vec![FORM], 0);
        for (quarter, totals) in self.quarters() {
            whole.join(totals);
            let own = bytes_of(totals);
            bytes.push(quarter - before);
            before = quarter;
            push(&mut bytes, own.len() as u128);
            bytes.extend(own);
        }
        (bytes_of(&whole), bytes)
    }
}

impl Stored<'_> {
    /// Adds the quarters where they go; `None` where the bytes are none of a day.
    ///
    /// What most of a day goes to is given the whole, but for what goes elsewhere.
    #[must_use]
    pub fn add_to(self, plan: &Plan, into: &mut impl Into) -> Option<()> {
        let Some(most) = plan.most else {
            return each(self.quarters, |quarter, mut bytes| match plan.to[usize::from(quarter)] {
                Some(at) => bytes.add_to(into.totals(at)),
                None => Some(()),
            });
        };
        if plan.is_all {
            return Reader(self.whole).add_to(into.totals(most));
        }
        let mut whole = Totals::default();
        Reader(self.whole).add_to(&mut whole)?;
        whole.longest = 0;
        each(self.quarters, |quarter, mut bytes| {
            let at = plan.to[usize::from(quarter)];
            if at == Some(most) {
                whole.longest = whole.longest.max(bytes.number()?);
                return Some(());
            }
            let mut own = Totals::default();
            bytes.add_to(&mut own)?;
            whole.leave(&own);
            if let Some(at) = at {
                into.totals(at).join(&own);
            }
            Some(())
        })?;
        if !whole.is_empty() {
            into.totals(most).join(&whole);
        }
        Some(())
    }
}

/// What is added up, by where quarters go.
pub trait Into {
    /// What is added to.
    fn totals(&mut self, at: usize) -> &mut Totals;
}

/// Hands `take` the bytes of each quarter.
fn each(bytes: &[u8], mut take: impl FnMut(u8, Reader<'_>) -> Option<()>) -> Option<()> {
    let (form, rest) = bytes.split_first()?;
    if *form != FORM {
        return None;
    }
    let mut from = Reader(rest);
    let mut quarter = 0_u8;
    while !from.0.is_empty() {
        quarter = quarter.checked_add(from.byte()?).filter(|quarter| i64::from(*quarter) < QUARTERS)?;
        let length = usize::try_from(from.number()?).ok()?;
        let (own, rest) = from.0.split_at_checked(length)?;
        from = Reader(rest);
        take(quarter, Reader(own))?;
    }
    Some(())
}
