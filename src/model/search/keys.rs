//! Numbers that stand for words, and for three characters in a row: what an index is asked by that knows no text. Two may share a
//! number: who finds something by it looks at the text, too.

use super::facets::hash_of;
use super::substring::folded;

/// So many are asked for at most.
const MOST: usize = 64;

/// The number of a word.
#[must_use]
pub fn key(word: &[u8]) -> i32 {
    let hash = hash_of(word);
    (hash ^ (hash >> 32)) as u32 as i32
}

/// The number of three characters, of 16 bits: a text has many of them, of which there are few.
fn gram_key(gram: &str) -> i32 {
    let key = key(gram.as_bytes());
    i32::from((key ^ (key >> 16)) as i16)
}

/// The numbers of all that is three characters long in a text, whatever their case.
#[must_use]
pub fn grams(text: &str) -> Vec<i32> {
    let folded = folded(text);
    let ends = folded.char_indices().map(|(at, _)| at).skip(3).chain([folded.len()]);
    let grams = folded.char_indices().zip(ends).filter_map(|((start, _), end)| folded.get(start..end));
    // A text shorter than that has none.
    let mut keys: Vec<i32> = grams.filter(|gram| gram.chars().count() == 3).map(gram_key).collect();
    distinct(&mut keys);
    keys
}

/// What is asked for of a text that is looked for; all of it is in every text that it is a part of.
#[must_use]
pub fn asked_grams(text: &str) -> Vec<i32> {
    let mut grams = grams(text);
    grams.truncate(MOST);
    grams
}

/// Each once, in order.
pub fn distinct(keys: &mut Vec<i32>) {
    keys.sort_unstable();
    keys.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_no_number_that_the_text_lacks() {
        let text = grams("Fix getUserById in ȺBC, Ä🎉x");
        for part in ["serby", "FIX G", "ⱥbc", "ä🎉X", "Fix getUserById in ȺBC, Ä🎉x"] {
            assert!(!grams(part).is_empty(), "{part}");
            assert!(grams(part).iter().all(|key| text.contains(key)), "{part}");
        }
        assert!(grams("").is_empty() && grams("ab").is_empty());
        assert_eq!(grams("aaaaa").len(), 1);
        assert_eq!(asked_grams(&('!'..'~').collect::<String>()).len(), MOST);
    }
}
