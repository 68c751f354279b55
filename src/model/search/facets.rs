//! Marks: words in an index by which runs are filtered, one for each zone, worktree, agent and so on. So a search within a worktree costs
//! what that worktree has, not what its words have everywhere. Two ids may share a mark: the search compares the run's own id as well.

use crate::model::time;

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A zone.
    Zone,
    /// A worktree, by the id that it had.
    Worktree,
    /// An agent.
    Agent,
    /// A state.
    Status,
    /// The run that it is a part of.
    Parent,
    /// A model that it used.
    Model,
    /// The month in which it was made.
    Month,
    /// The day.
    Day,
    /// How many binary digits its duration has.
    Length,
}

/// How many kinds there are.
pub const KINDS: usize = 9;

/// The letters of the kinds, so that no two share a mark.
const LETTERS: [char; KINDS] = ['z', 'w', 'a', 's', 'p', 'm', 't', 'd', 'l'];

/// The marks of each kind, as [`Facets::add`] has joined them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets(pub [String; KINDS]);

impl Facets {
    /// Adds a mark.
    pub fn add(&mut self, kind: Kind, value: &str) {
        let values = &mut self.0[kind as usize];
        values.push_str(&mark(kind, value));
        values.push(' ');
    }

    /// Adds the marks of when it was made, in milliseconds, where dates have marks.
    pub fn add_time(&mut self, at: i64) {
        if let Some((month, day)) = date(at) {
            self.add(Kind::Month, &month);
            self.add(Kind::Day, &day);
        }
    }

    /// All marks as a text of words.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.concat()
    }

    /// The marks of each kind for an index of trigrams.
    #[must_use]
    pub fn codes(&self) -> [String; KINDS] {
        self.0.each_ref().map(|marks| marks.split_whitespace().map(code).collect())
    }
}

/// The mark of a value: a word that no language has.
#[must_use]
pub fn mark(kind: Kind, value: &str) -> String {
    format!("{}{:016x}", LETTERS[kind as usize], hash(value))
}

/// A mark as a trigram: three characters of private use.
#[must_use]
pub fn code(mark: &str) -> String {
    const FIRST: u32 = 0xe000;
    const HOW_MANY: u64 = 6400;
    let hash = hash(mark);
    let parts = [hash % HOW_MANY, hash / HOW_MANY % HOW_MANY, hash / HOW_MANY / HOW_MANY % HOW_MANY];
    parts.iter().filter_map(|part| char::from_u32(FIRST + u32::try_from(*part).unwrap_or_default())).collect()
}

/// The fewest marks for all days from one time to another; `None` where they are too many.
#[must_use]
pub fn days_between(since: i64, until: i64) -> Option<Vec<String>> {
    const DAY: i64 = 86_400_000;
    const MOST: usize = 200;
    let mut marks = Vec::new();
    let mut at = since;
    let (last_month, last_day) = date(until)?;
    loop {
        let (month, day) = date(at)?;
        let first_of_month = day.ends_with("-01");
        if first_of_month && month < last_month {
            marks.push(mark(Kind::Month, &month));
            // Some day of the next month, and from there back to its first.
            let some = at + 35 * DAY;
            let (_, name) = date(some)?;
            let past = name.get(name.len() - 2..)?.parse::<i64>().ok()? - 1;
            at = some - past * DAY;
        } else {
            marks.push(mark(Kind::Day, &day));
            if day >= last_day {
                return Some(marks);
            }
            at += DAY;
        }
        if marks.len() > MOST || at.div_euclid(DAY) > until.div_euclid(DAY) {
            return (marks.len() <= MOST).then_some(marks);
        }
    }
}

/// The month and the day of a time, in the years with four digits.
fn date(at: i64) -> Option<(String, String)> {
    if !(0..253_402_300_800_000).contains(&at) {
        return None;
    }
    let iso = time::iso(at as f64);
    Some((iso.get(..7)?.to_owned(), iso.get(..10)?.to_owned()))
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: the hash with one byte more.
pub(super) const fn mixed(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

pub(super) fn hash(text: &str) -> u64 {
    hash_of(text.as_bytes())
}

pub(super) fn hash_of(bytes: &[u8]) -> u64 {
    bytes.iter().copied().fold(BASIS, mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_characters_and_another_for_each_kind() {
        let codes = ["a", "b"].map(|value| [Kind::Zone, Kind::Agent].map(|kind| code(&mark(kind, value)))).concat();
        assert!(codes.iter().all(|code| code.chars().count() == 3));
        assert_eq!(codes.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    }

    #[test]
    fn days_are_few_and_miss_none() {
        let day = |text: &str| mark(Kind::Day, text);
        let at = |text: &str| time::parse(text).unwrap();
        let (since, until) = (at("2026-01-30T12:00:00.000Z"), at("2026-03-02T00:00:00.000Z"));
        let month = mark(Kind::Month, "2026-02");
        let expected = [day("2026-01-30"), day("2026-01-31"), month, day("2026-03-01"), day("2026-03-02")];
        assert_eq!(days_between(since, until).unwrap(), expected);
        assert_eq!(days_between(until, until).unwrap(), [day("2026-03-02")]);
        assert_eq!(days_between(0, until).map(|marks| marks.len()), None);
        assert_eq!(days_between(i64::MIN, until), None);
    }
}
