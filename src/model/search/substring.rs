//! Where a text contains another, whatever the case.

use std::borrow::Cow;
use std::ops::Range;

use super::score::{Found, score};

/// The text that is searched for, folded.
#[derive(Debug)]
pub struct Needle(String);

/// How many hits in a text are counted at most.
const MOST: usize = 4096;

impl Needle {
    /// A needle of this text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(folded(text).into_owned())
    }

    /// The score of these texts, and which of the fields asked for (a bit each) matches best; `None` where none contains it.
    #[must_use]
    pub fn scored(&self, texts: &[String], fields: u32) -> Option<(i64, usize)> {
        let mut found = Found::default();
        for (field, text) in texts.iter().enumerate() {
            // About as many words as a text of that length has.
            found.sizes.push(text.len() as f64 / 6.0);
            if fields & (1 << field) != 0 {
                found.hits.extend(self.hits(text).iter().map(|_| (0, field)));
            }
        }
        (!found.hits.is_empty()).then(|| score(&found))
    }

    /// Where it is in a text, in bytes; hits don't overlap.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Range<usize>> {
        let folded = folded(text);
        if self.0.is_empty() || !folded.contains(&self.0) {
            return Vec::new();
        }
        let in_folded = folded.match_indices(&self.0).take(MOST).map(|(at, hit)| at..at + hit.len());
        if let Cow::Borrowed(_) = folded {
            return in_folded.collect();
        }
        // A character stays one character when folded, but its bytes may be more or fewer.
        let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        let mut folded_places = folded.char_indices().map(|(at, _)| at).chain([folded.len()]);
        let mut place_of = |wanted: usize| {
            places.by_ref().zip(folded_places.by_ref()).find(|(_, folded)| *folded == wanted).map(|(place, _)| place)
        };
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut last = None;
        for hit in in_folded {
            // If a hit begins where the last one ends, that is looked up once.
            let start = if last == Some(hit.start) { found.last().map(|range| range.end) } else { place_of(hit.start) };
            let (Some(start), Some(end)) = (start, place_of(hit.end)) else { break };
            last = Some(hit.end);
            found.push(start..end);
        }
        found
    }
}

/// The text without case, character by character; borrowed where nothing changes.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    let is_folded = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    if text.bytes().all(is_folded) {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Owned(text.chars().map(folded_character).collect())
}

fn folded_character(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(needle: &str, text: &str) -> Vec<String> {
        Needle::of(needle).hits(text).into_iter().map(|hit| text[hit].to_owned()).collect()
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(hits("userby", "getUserById, getuserbyid"), ["UserBy", "userby"]);
        assert_eq!(hits("straße", "STRAßE Straße"), ["STRAßE", "Straße"]);
        // U+023A takes two bytes; folded it is U+2C65, which takes three.
        assert_eq!(hits("bc", "ȺBC ȺⱥBC"), ["BC", "BC"]);
        assert_eq!(hits("aa", "aaaa"), ["aa", "aa"]);
        assert_eq!(hits("ÄÄ", "äÄÄä"), ["äÄ", "Ää"]);
        assert_eq!(hits("", "abc"), [] as [&str; 0]);
        assert_eq!(hits("İ", "xİy"), ["İ"]);
    }
}
