//! Numbers that stand for words, and for trigrams: the keys of an index without texts. Two may share a number: a search checks the text
//! as well.

use super::facets::hash_of;
use super::substring::folded;

/// How many trigrams are asked for at most.
const MOST: usize = 64;

/// The number of a word.
#[must_use]
pub fn key(word: &[u8]) -> i32 {
    let hash = hash_of(word);
    (hash ^ (hash >> 32)) as u32 as i32
}

/// The number of a trigram, of 16 bits: a text has many trigrams, and few different ones.
fn gram_key(gram: &str) -> i32 {
    let key = key(gram.as_bytes());
    i32::from((key ^ (key >> 16)) as i16)
}

/// The numbers of all trigrams of a text, whatever their case.
#[must_use]
pub fn grams(text: &str) -> Vec<i32> {
    let folded = folded(text);
    let ends = folded.char_indices().map(|(at, _)| at).skip(3).chain([folded.len()]);
    let grams = folded.char_indices().zip(ends).filter_map(|((start, _), end)| folded.get(start..end));
    // A shorter text has none.
    let mut keys: Vec<i32> = grams.filter(|gram| gram.chars().count() == 3).map(gram_key).collect();
    distinct(&mut keys);
    keys
}

/// The trigrams that an index is asked for where a text is searched; every text that contains it has all of them.
#[must_use]
pub fn asked_grams(text: &str) -> Vec<i32> {
    let mut grams = grams(text);
    grams.truncate(MOST);
    grams
}

/// Sorts them, each once.
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
