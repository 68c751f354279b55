//! What somebody types, as an expression of FTS5.

use super::document::FIELDS;

/// How texts are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Whole words, whatever their case and accents.
    Words,
    /// Any part of a text, whatever its case.
    Substring,
}

impl Mode {
    /// The bit that stands for it.
    #[must_use]
    pub const fn bit(self) -> i64 {
        match self {
            Self::Words => 1,
            Self::Substring => 2,
        }
    }
}

/// How many trigrams are asked for at most.
const MOST_TRIGRAMS: usize = 64;

/// What was typed as an expression about some fields, a bit for each; with `is_syntax` it is an expression already.
#[must_use]
pub fn expression(text: &str, fields: u32, is_syntax: bool) -> String {
    let names: Vec<&str> =
        FIELDS.iter().enumerate().filter(|(nth, _)| fields & (1 << nth) != 0).map(|(_, name)| *name).collect();
    let typed = if is_syntax { text.replace('\0', " ") } else { literal(text) };
    format!("{{{}}} : ({typed})", names.join(" "))
}

/// What was typed, with nothing in it as syntax: each piece between spaces is a phrase, and all are asked for.
fn literal(text: &str) -> String {
    text.split(|character: char| character.is_whitespace() || character == '\0')
        .filter(|piece| !piece.is_empty())
        .map(quoted)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The trigrams of a text as an expression: every text that contains it has all of them.
#[must_use]
pub fn trigrams(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut asked: Vec<String> = Vec::new();
    for three in characters.windows(3).filter(|three| !three.contains(&'\0')) {
        let three = quoted(&three.iter().collect::<String>());
        if !asked.contains(&three) && asked.len() < MOST_TRIGRAMS {
            asked.push(three);
        }
    }
    asked.join(" AND ")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_syntax() {
        assert_eq!(expression("x", 0b101, false), r#"{prompt error} : ("x")"#);
        assert_eq!(literal("  src/db.rs:42 OR \"x\"\0y* "), r#""src/db.rs:42" "OR" """x""" "y*""#);
        assert_eq!(trigrams("a\"bcd"), r#""a""b" AND """bc" AND "bcd""#);
        assert_eq!(trigrams("ab\0cd"), "");
        assert_eq!(trigrams("aaaaa"), r#""aaa""#);
    }
}
