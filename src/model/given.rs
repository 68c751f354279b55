//! A value as a caller gave it, before any rule was applied.

use std::fmt;

use crate::error::{Error, Facts, Position};

/// A JavaScript value as it arrives: primitives with their content, everything else by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// `undefined`, or absent.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// Any number, NaN and the infinities included.
    Number(f64),
    /// A `BigInt` that fits 64 bits.
    Integer(i64),
    /// A `BigInt` that does not.
    HugeInteger,
    /// A string, lone surrogates already replaced by U+FFFD.
    Text(&'a str),
    /// Anything else, by its kind with an article: `an object`, `a function`, `a symbol`, `a Date`, `an array`.
    Other(&'static str),
}

impl Given<'_> {
    /// JavaScript's falsy values.
    #[must_use]
    pub fn is_falsy(&self) -> bool {
        match *self {
            Self::Undefined | Self::Null | Self::Boolean(false) => true,
            Self::Number(number) => number == 0.0 || number.is_nan(),
            Self::Integer(integer) => integer == 0,
            Self::Text(text) => text.is_empty(),
            Self::Boolean(true) | Self::HugeInteger | Self::Other(_) => false,
        }
    }

    /// `undefined` or `null`.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }
}

/// How much of a text an error repeats, in characters: enough to recognise it.
const SHOWN: usize = 60;

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Undefined => f.write_str("undefined"),
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "the boolean {value}"),
            Self::Number(value) => write!(f, "the number {}", super::number::to_text(value)),
            Self::Integer(value) => write!(f, "the bigint {value}"),
            Self::HugeInteger => f.write_str("a bigint of more than 64 bits"),
            Self::Text(text) => {
                let mut characters = text.chars();
                let head: String = characters.by_ref().take(SHOWN).collect();
                let more = if characters.next().is_some() { "…" } else { "" };
                write!(f, "the string {head:?}{more}")
            }
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// Where a value belongs: the method that was called and its field or argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The method as JavaScript spells it.
    pub method: &'static str,
    /// The field or argument as JavaScript spells it.
    pub name: &'static str,
    /// Which of the caller's values it is; the first one is 0.
    pub nth: usize,
}

impl Field {
    /// A field whose value is the caller's first.
    #[must_use]
    pub const fn new(method: &'static str, name: &'static str) -> Self {
        Self { method, name, nth: 0 }
    }

    /// The same, but behind so many other values.
    #[must_use]
    pub const fn behind(self, nth: usize) -> Self {
        Self { nth, ..self }
    }

    /// What an error about it lets programs test: its method, its field, its value.
    #[must_use]
    pub fn facts(self) -> Facts {
        Facts { method: self.method, field: Some(self.name), value: Some(Position(self.nth)), ..Facts::default() }
    }

    /// Refuses a value of a wrong type.
    #[must_use]
    pub fn wrong_type(self, must: &str, got: &Given<'_>) -> Error {
        Error::Type(self.sentence(must, got)).about(Facts { code: Some("ERR_INVALID_ARG_TYPE"), ..self.facts() })
    }

    /// Refuses a value of the right type that makes no sense here.
    #[must_use]
    pub fn wrong_value(self, must: &str, got: &Given<'_>) -> Error {
        Error::Type(self.sentence(must, got)).about(Facts { code: Some("ERR_INVALID_ARG_VALUE"), ..self.facts() })
    }

    /// Refuses a number that is too large, too small or not whole.
    #[must_use]
    pub fn out_of_range(self, must: &str, got: impl fmt::Display) -> Error {
        Error::Range(self.sentence(must, got)).about(Facts { code: Some("ERR_OUT_OF_RANGE"), ..self.facts() })
    }

    fn sentence(self, must: &str, got: impl fmt::Display) -> String {
        format!("{self} must be {must}, got {got}")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.method, self.name)
    }
}
