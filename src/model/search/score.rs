//! How well a run matches a query, by the run alone: so it is the same on every page, whatever others write meanwhile.

/// How often each of a query's phrases is in each field, and how long the fields are, in words.
#[derive(Debug, Default)]
pub struct Found {
    /// By field.
    pub sizes: Vec<f64>,
    /// Phrase and field of each hit.
    pub hits: Vec<(usize, usize)>,
}

/// The score, in millionths, and the field that matches best. As in BM25, but without how rare a word is: more hits count more, each less
/// than the one before, and they count more in a short text. The mean of the phrases.
#[must_use]
pub fn score(found: &Found) -> (i64, usize) {
    /// The usual length of a text, in words.
    const USUAL: f64 = 150.0;
    const FULL: f64 = 1.2;
    let phrases = found.hits.iter().map(|(phrase, _)| phrase + 1).max().unwrap_or(0);
    let weight = |field: usize| 1.0 / (0.25 + 0.75 * found.sizes.get(field).copied().unwrap_or_default() / USUAL);
    let mut of_phrases = vec![0.0; phrases];
    let mut of_fields = vec![vec![0.0; phrases]; found.sizes.len()];
    for (phrase, field) in &found.hits {
        of_phrases[*phrase] += weight(*field);
        if let Some(of) = of_fields.get_mut(*field) {
            of[*phrase] += weight(*field);
        }
    }
    let mean = |of: &[f64]| of.iter().map(|sum| sum / (sum + FULL)).sum::<f64>() / of.len().max(1) as f64;
    let field = (0..of_fields.len()).max_by(|one, other| {
        let of = |field: &usize| mean(&of_fields[*field]);
        // The first of equal ones.
        of(one).total_cmp(&of(other)).then(other.cmp(one))
    });
    ((mean(&of_phrases) * 1e6) as i64, field.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sizes: &[f64], hits: &[(usize, usize)]) -> (i64, usize) {
        score(&Found { sizes: sizes.to_vec(), hits: hits.to_vec() })
    }

    #[test]
    fn often_in_a_short_text_is_best() {
        let once = of(&[100.0, 100.0], &[(0, 0)]);
        assert!(of(&[100.0, 100.0], &[(0, 0), (0, 0)]) > once);
        assert!(of(&[10.0, 100.0], &[(0, 0)]) > once);
        assert_eq!(once.1, 0);
        assert_eq!(of(&[100.0, 100.0], &[(0, 0), (0, 1), (1, 1)]).1, 1);
        assert_eq!(of(&[1.0], &[]).0, 0);
        assert!(of(&[0.0], &vec![(0, 0); 5000]).0 <= 1_000_000);
    }
}
