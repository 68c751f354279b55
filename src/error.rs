//! The one error type of the crate. The binding throws each variant as one JavaScript class.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What went wrong, by the JavaScript class that is thrown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A caller's mistake in the kind of a value: `TypeError`.
    Type(String),
    /// A caller's mistake in the size of a value: `RangeError`.
    Range(String),
    /// The engine's own failure: `SqliteError`.
    Engine {
        /// How the engine spells its code: `SQLITE_BUSY`.
        code: Cow<'static, str>,
        /// The engine's number for it.
        number: i32,
        /// The engine's message, unchanged.
        message: String,
        /// What the engine's library said.
        source: Option<Cause>,
    },
    /// A failure of this package with a `code` that programs can test: `Error`.
    Coded {
        /// Node's style of code, such as `ERR_SCHEMA_NEWER`.
        code: &'static str,
        /// What happened, with what, and what to do.
        message: String,
    },
    /// A failure with nothing but a message: `Error`.
    Plain(String),
    /// One of the above, and what a program can test about it.
    About(Box<(Self, Facts)>),
}

/// What a program can test about an error beside its class and its words: properties of the JavaScript error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Node's style of code, for an error that has none of its own.
    pub code: Option<&'static str>,
    /// The method as JavaScript spells it.
    pub method: &'static str,
    /// Its field or argument, likewise.
    pub field: Option<&'static str>,
    /// The position of the caller's value for it.
    pub value: Option<Position>,
    /// The fields whose ids name nothing.
    pub missing: Vec<&'static str>,
    /// What the caller may have meant.
    pub hint: Option<&'static str>,
    /// What was found instead of what was expected.
    pub current: Option<Current>,
}

/// What was found instead of what was expected, as JavaScript gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Current {
    /// A number.
    Number(i64),
    /// Text, or `null`.
    Text(Option<String>),
}

/// Which argument of a call a value is. Outside the binding it is counted from the caller's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub usize);

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A mistake in this package itself.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        Self::Coded { code: "ERR_INTERNAL", message: format!("visual-db: an internal error; please report it: {what}") }
    }

    /// This, with what a program can test about it.
    #[must_use]
    pub fn about(self, facts: Facts) -> Self {
        Self::About(Box::new((self, facts)))
    }

    /// The error alone, and what is known about it.
    #[must_use]
    pub fn parts(&self) -> (&Self, Option<&Facts>) {
        match self {
            Self::About(both) => (both.0.parts().0, Some(&both.1)),
            error => (error, None),
        }
    }

    /// Whether it has this code of ours.
    #[must_use]
    pub fn is_coded(&self, code: &str) -> bool {
        matches!(self.parts().0, Self::Coded { code: known, .. } if *known == code)
    }

    /// Counts the position of the caller's value as the binding does.
    #[must_use]
    pub fn placed(mut self, place: impl FnOnce(usize) -> Position) -> Self {
        if let Self::About(both) = &mut self
            && let Some(Position(given)) = both.1.value
        {
            both.1.value = Some(place(given));
        }
        self
    }

    /// The same with another message, if it is the engine's.
    #[must_use]
    pub fn with_message(self, message: String) -> Self {
        match self {
            Self::Engine { code, number, source, .. } => Self::Engine { code, number, message, source },
            error => error,
        }
    }

    /// The message alone, as JavaScript shows it.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Type(message)
            | Self::Range(message)
            | Self::Plain(message)
            | Self::Engine { message, .. }
            | Self::Coded { message, .. } => message,
            Self::About(both) => both.0.message(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine { source, .. } => source.as_ref().map(|cause| &*cause.0 as &(dyn std::error::Error + 'static)),
            Self::About(both) => both.0.source(),
            _ => None,
        }
    }
}

/// The error of a library, from which an error here comes. It only tells more: errors that differ in nothing else are equal.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Cause {
    /// Keeps an error.
    pub fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl PartialEq for Cause {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Cause {}
