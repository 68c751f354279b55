//! What the runs of a day of UTC come to, by the quarter of an hour in which they ended, and how it is stored: once for the whole day, and
//! once by quarters.
//!
//! For a day, and for each quarter, the bytes have the longest duration, what is known, the counts, and the sums of what is known. The
//! bytes of the quarters begin with a number for the form. Each quarter has its distance from the one before, its number of bytes, and
//! these. Numbers are written seven bits a byte, the lowest first.

use std::collections::BTreeMap;

use super::bytes::{Reader, bytes_of, push};
use super::totals::{Ended, Totals};

/// A quarter of an hour, in milliseconds.
pub const QUARTER: i64 = 900_000;
/// Quarters of a day.
pub const QUARTERS: i64 = 96;
/// A day, in milliseconds.
pub const DAY: i64 = QUARTERS * QUARTER;

/// The form of the bytes.
const FORM: u8 = 1;
/// The totals of a day, by quarters.
#[derive(Debug, Clone, Default)]
pub struct Day {
    quarters: BTreeMap<u8, Totals>,
}

/// Which total each quarter of a day is added to.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The index for each quarter; `None` leaves it out.
    to: [Option<usize>; QUARTERS as usize],
    /// The index for more than half of them, if there is one.
    most: Option<usize>,
    /// Whether that is the index for all of them.
    is_all: bool,
}

impl Plan {
    /// A plan with the index for each quarter.
    #[must_use]
    pub fn new(to: impl Fn(u8) -> Option<usize>) -> Self {
        let to: [Option<usize>; QUARTERS as usize] = std::array::from_fn(|quarter| to(quarter as u8));
        // One of the two in the middle has the index that most have.
        let goes = |most: &Option<usize>| to.iter().filter(|one| *one == most).count() > to.len() / 2;
        let most = [to[47], to[48]].into_iter().find(goes).flatten();
        Self { is_all: most.is_some() && to.iter().all(|one| *one == most), most, to }
    }

    /// Whether the totals of the whole day are enough.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_all
    }

    /// Whether a quarter is added to anything.
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

/// The day of UTC of a time, and its quarter.
#[must_use]
pub fn place(at: i64) -> (i64, u8) {
    (at.div_euclid(DAY), (at.rem_euclid(DAY) / QUARTER) as u8)
}

impl Day {
    /// Reads the bytes of quarters; `None` where they are not those of a day.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut day = Self::default();
        each(bytes, |quarter, mut totals| totals.add_to(day.quarters.entry(quarter).or_default()))?;
        Some(day)
    }

    /// Adds a run.
    pub fn add(&mut self, run: &Ended) {
        self.quarters.entry(place(run.at).1).or_default().add(run);
    }

    /// Adds all of another day.
    pub fn join(&mut self, other: &Self) {
        for (quarter, totals) in other.quarters() {
            self.quarters.entry(quarter).or_default().join(totals);
        }
    }

    /// Takes a run away; `true` where the longest has to be found again.
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

    /// The totals of a quarter, if it has runs.
    pub fn of(&mut self, quarter: u8) -> Option<&mut Totals> {
        self.quarters.get_mut(&quarter)
    }

    /// The quarters that have runs.
    pub fn quarters(&self) -> impl Iterator<Item = (u8, &Totals)> {
        self.quarters.iter().map(|(quarter, totals)| (*quarter, totals))
    }

    /// Adds its quarters by a plan.
    pub fn add_to(&self, plan: &Plan, into: &mut impl Into) {
        for (quarter, own) in self.quarters() {
            if let Some(at) = plan.to[usize::from(quarter)] {
                into.totals(at).join(own);
            }
        }
    }

    /// The bytes of the whole day, and those of its quarters.
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
    /// Adds the quarters by a plan; `None` where the bytes are not those of a day.
    ///
    /// The index that most have gets the whole day, without the quarters that go elsewhere.
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

/// The totals that a plan's indexes stand for.
pub trait Into {
    /// The totals of an index.
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
