//! Of too much, its beginning and its end.

/// A text of at most `most` bytes: the middle of a longer one is left out.
#[must_use]
pub fn shortened(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= most {
        return text.into();
    }
    let whole = |at: &usize| text.is_char_boundary(*at);
    let head = (0..=most / 2).rev().find(whole).unwrap_or_default();
    let tail = (text.len() - most / 2..=text.len()).find(whole).unwrap_or(text.len());
    format!("{}{}", &text[..head], &text[tail..]).into()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_is_too_long_loses_its_middle_and_no_half_character() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdef", 4), "abef");
        assert_eq!(shortened("aüüüüb", 4), "ab");
        assert_eq!(shortened("aüüüüb", 6), "aüüb");
        assert_eq!(shortened("abc", 0), "");
    }
}
