//! JSON as JavaScript reads and writes it.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

use super::given::Field;
use super::number;
use crate::error::Error;

/// How deep JSON may be nested, arrays and objects alike.
pub const DEEPEST: usize = 127;

/// The value of a JSON text; `None` for what is no JSON, or is nested deeper than [`DEEPEST`].
///
/// Lone surrogates, which `JSON.stringify` writes as `\ud800`, become U+FFFD, as in all text that crosses from JavaScript.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&without_halves(text))).ok()
}

/// The error that a field's JSON is nested deeper than [`DEEPEST`].
#[must_use]
pub fn too_deep(field: Field) -> Error {
    field.out_of_range(&format!("nested at most {DEEPEST} deep"), "more")
}

/// The JSON text of a value, as `JSON.stringify` writes it.
#[must_use]
pub fn to_text(value: &Value) -> String {
    let mut text = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut text, Numbers));
    debug_assert!(written.is_ok(), "memory takes all of it");
    String::from_utf8(text).unwrap_or_default()
}

/// Writes numbers as JavaScript does.
struct Numbers;

impl Formatter for Numbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number::to_text(value).as_bytes())
    }
}

/// The text with U+FFFD for each escape of a lone surrogate.
fn without_halves(text: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut taken = 0;
    let mut at = 0;
    while let Some(escape) = text[at..].find('\\').map(|found| at + found) {
        at = match half(text, escape) {
            // A high surrogate and a low one are a character.
            Some(0xd800..0xdc00) if matches!(half(text, escape + 6), Some(0xdc00..0xe000)) => escape + 12,
            Some(0xd800..0xe000) => {
                mended.push_str(&text[taken..escape]);
                mended.push_str("\\ufffd");
                taken = escape + 6;
                taken
            }
            // A backslash, and the character that it escapes.
            _ => escape + 1 + text[escape + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    if taken == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[taken..]);
    Cow::Owned(mended)
}

/// The code unit of the escape `\uXXXX` that begins there.
fn half(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_come_back_as_they_went_in() {
        for text in ["0.30000000000000004", "1e+21", "5e-324", "123456789012345680000", "-1.5", "0", "9007199254740991"]
        {
            assert_eq!(parse(text).map(|value| to_text(&value)).as_deref(), Some(text));
        }
        assert_eq!(parse("[1.0,-0,1e2]").map(|value| to_text(&value)).as_deref(), Some("[1,0,100]"));
    }

    #[test]
    fn keys_keep_their_order() {
        let text = r#"{"b":1,"a":{"z":null,"y":"\u0001\"\\"}}"#;
        assert_eq!(parse(text).map(|value| to_text(&value)).as_deref(), Some(text));
    }

    #[test]
    fn half_a_character_is_replaced_and_a_whole_one_is_not() {
        assert_eq!(
            parse(r#"["\ud800","\ud83d\ude00","\udc00\ud800x"]"#),
            Some(json!(["\u{fffd}", "😀", "\u{fffd}\u{fffd}x"]))
        );
        assert_eq!(parse(r#"["\\ud800","\ud800"]"#), Some(json!(["\\ud800", "\u{fffd}"])));
        assert_eq!(parse(r#""\ud800\u0041ä\"#), None);
    }

    #[test]
    fn what_is_nested_too_deep_is_none() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(DEEPEST)).is_some());
        assert!(parse(&nested(DEEPEST + 1)).is_none());
    }
}
