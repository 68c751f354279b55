//! Numbers and their text as in JavaScript.

/// The largest integer up to which all are exact: `Number.MAX_SAFE_INTEGER`.
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A number as JavaScript's `String(number)` writes it.
///
/// Rust finds the same shortest digits; only the position of the point and the use of an exponent differ.
/// Source of the rule: ECMAScript, `Number::toString`.
#[must_use]
pub fn to_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if number == 0.0 {
        return "0".into();
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let count = digits.len() as i32;
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    let body = if count <= point && point <= 21 {
        format!("{digits}{}", "0".repeat((point - count) as usize))
    } else if 0 < point && point <= 21 {
        let (whole, rest) = digits.split_at(point as usize);
        format!("{whole}.{rest}")
    } else if -6 < point && point <= 0 {
        format!("0.{}{digits}", "0".repeat(-point as usize))
    } else {
        let power = point - 1;
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{}{}", if power < 0 { '-' } else { '+' }, power.abs())
    };
    format!("{sign}{body}")
}

/// The number in a string: decimal digits with an optional sign, point and exponent, white space around.
#[must_use]
pub fn from_text(text: &str) -> Option<f64> {
    let text = text.trim();
    let decimal = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if !decimal {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_text};

    #[test]
    fn writes_numbers_as_javascript_does() {
        for (number, text) in [
            (123.0, "123"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (1e21, "1e+21"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(to_text(number), text);
        }
    }

    #[test]
    fn reads_numeric_strings_only() {
        assert_eq!(from_text(" 100 "), Some(100.0));
        assert_eq!(from_text("-1.5e3"), Some(-1500.0));
        for text in ["", " ", "abc", "1e999", "0x10", "inf", "NaN", "1 2", "--1"] {
            assert_eq!(from_text(text), None, "{text:?}");
        }
    }
}
