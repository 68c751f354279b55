//! A value as a caller gave it, before any rule was applied.

use std::fmt;

/// A JavaScript value as it arrives: primitives with their content, everything else by its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// `undefined`, or not there at all.
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
}

impl Field {
    /// A field of a method.
    #[must_use]
    pub const fn new(method: &'static str, name: &'static str) -> Self {
        Self { method, name }
    }

    /// The sentence that every refusal of a value uses.
    #[must_use]
    pub fn refuse(self, must: &str, got: &Given<'_>) -> String {
        format!("{self} must be {must}, got {got}")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.method, self.name)
    }
}
