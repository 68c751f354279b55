//! What is shown of a text with hits.

use std::ops::Range;

/// A part of a text, and where in it the hits are.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The part; with an ellipsis where the text goes on.
    pub text: String,
    /// The hits in it, in UTF-16 units, in their order; they neither touch nor overlap.
    pub ranges: Vec<Range<usize>>,
}

/// How much is shown, in characters, and how much of that before the first hit.
const WIDTH: usize = 160;
const BEFORE: usize = 40;
const ELLIPSIS: &str = "…";

/// The part of a text with the most of these hits, whose ranges are in bytes. `None` where there are none.
#[must_use]
pub fn excerpt(text: &str, hits: Vec<Range<usize>>) -> Option<Excerpt> {
    let hits =
        merged(hits.into_iter().filter(|hit| text.get(hit.clone()).is_some_and(|hit| !hit.is_empty())).collect());
    let best = hits.iter().enumerate().max_by_key(|(nth, hit)| {
        let end = hit.start + WIDTH - BEFORE;
        (hits[*nth..].iter().take_while(|other| other.end <= end).count(), std::cmp::Reverse(*nth))
    });
    let (_, first) = best?;
    let start = beginning(text, first.start);
    let end = text[start..].char_indices().nth(WIDTH).map_or(text.len(), |(at, _)| start + at);
    // A hit is shown whole, unless it is longer than anybody reads.
    let end = if first.end > end { ending(text, first.start, first.end) } else { end };
    let mut shown = String::new();
    let mut units = 0;
    let mut ranges = Vec::new();
    let mut put = |part: &str| {
        shown.push_str(part);
        units += part.encode_utf16().count();
        units
    };
    if start > 0 {
        put(ELLIPSIS);
    }
    let mut at = start;
    for hit in hits.iter().filter(|hit| hit.start >= start && hit.start < end) {
        let from = put(&text[at..hit.start]);
        at = hit.end.min(end);
        ranges.push(from..put(&text[hit.start..at]));
    }
    put(&text[at..end]);
    if end < text.len() {
        put(ELLIPSIS);
    }
    Some(Excerpt { text: shown, ranges })
}

/// Where to begin, so that a hit has something before it: at a word, if there is one.
fn beginning(text: &str, hit: usize) -> usize {
    let Some((start, _)) = text[..hit].char_indices().rev().nth(BEFORE - 1) else { return 0 };
    if start == 0 {
        return 0;
    }
    let before = &text[start..hit];
    before.find(char::is_whitespace).map_or(start, |space| {
        let rest = &before[space..];
        start + space + (rest.len() - rest.trim_start().len())
    })
}

/// Where to end a hit that is too long to be shown.
fn ending(text: &str, start: usize, end: usize) -> usize {
    text[start..end].char_indices().nth(10 * WIDTH).map_or(end, |(at, _)| start + at)
}

fn merged(mut hits: Vec<Range<usize>>) -> Vec<Range<usize>> {
    hits.sort_unstable_by_key(|hit| (hit.start, hit.end));
    let mut all: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        match all.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => all.push(hit),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        let shown = excerpt("🎉 fix it, fix it", vec![12..15, 5..8, 4..6]).unwrap();
        assert_eq!(shown.text, "🎉 fix it, fix it");
        // The party popper takes four bytes, and two UTF-16 units.
        assert_eq!(shown.ranges, [2..6, 10..13]);
        assert_eq!(excerpt("fix", vec![]), None);
        assert_eq!(excerpt("fix", std::iter::once(7..9).collect()), None);
    }

    #[test]
    fn of_a_long_one_where_most_hits_are() {
        let text = format!("one fix {} a fix and a fix {}", "wörd ".repeat(200), "end ".repeat(100));
        let hits = text.match_indices("fix").map(|(at, hit)| at..at + hit.len()).collect();
        let shown = excerpt(&text, hits).unwrap();
        assert!(shown.text.starts_with("…wörd ") && shown.text.ends_with('…'), "{}", shown.text);
        assert_eq!(shown.ranges.len(), 2);
        let units: Vec<u16> = shown.text.encode_utf16().collect();
        assert!(shown.ranges.iter().all(|range| String::from_utf16_lossy(&units[range.clone()]) == "fix"));
        assert!(shown.text.chars().count() <= WIDTH + 2);
    }

    #[test]
    fn a_long_hit_ends_somewhere() {
        let text = "é".repeat(10_000);
        let shown = excerpt(&text, std::iter::once(2..20_000).collect()).unwrap();
        assert_eq!(shown.ranges.first(), Some(&(1..1601)));
    }
}
