//! JSON as people read it.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// What may be JSON, with its strings as they are read: an escaped line break is a line break, so that the words on both sides are words.
/// What is no JSON stays as it is.
#[must_use]
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Cow::Borrowed(text);
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let end = start + 1 + length_of_string(&rest[start + 1..]);
        read.push_str(&rest[..=start]);
        let quoted = rest.get(start..=end).unwrap_or_default();
        match serde_json::from_str::<String>(quoted) {
            Ok(string) => read.push_str(&string),
            // A lone surrogate, which no text has.
            Err(_) => read.push_str(rest.get(start + 1..end).unwrap_or_default()),
        }
        read.push('"');
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    read.push_str(rest);
    Cow::Owned(read)
}

/// The length of a string behind its opening quote.
fn length_of_string(text: &str) -> usize {
    let mut escaped = false;
    let is_end = |character: char| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    };
    text.find(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn strings_are_as_they_are_read() {
        let read = [
            (r#"{"a":"one\ntwo","b\t":["\"x\"","\\"]}"#, "{\"a\":\"one\ntwo\",\"b\t\":[\"\"x\"\",\"\\\"]}"),
            (r#""\u00e9t\u00e9""#, "\"été\""),
            (r#""\ud800 alone""#, r#""\ud800 alone""#),
            (r"no \n JSON", r"no \n JSON"),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ];
        for (text, expected) in read {
            assert_eq!(readable(text), expected);
        }
    }
}
