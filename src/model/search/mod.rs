//! Searching in what runs say: the words of a query, the marks by which runs are told apart in an index, where a text is in another,
//! and what is shown of it. `document` is a run as it is indexed.

mod document;
mod excerpt;
mod facets;
mod query;
mod readable;
mod score;
mod substring;

pub use document::{Document, FIELDS};
pub use excerpt::{Excerpt, excerpt};
pub use facets::{Facets, KINDS, Kind, code, days_between, mark};
pub use query::{Mode, literal, trigrams};
pub use score::{Found, score};
pub use substring::Needle;
