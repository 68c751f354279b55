//! Searching in what runs say: a query's words, the marks that filter, where a text is in another, and what is shown of it. `document` is a
//! run as it is indexed.

mod document;
mod excerpt;
mod facets;
mod keys;
mod needed;
mod query;
mod readable;
mod score;
mod substring;
mod word_hits;

pub use document::{Document, FIELDS};
pub use excerpt::{Excerpt, excerpt};
pub use facets::{Facets, KINDS, Kind, code, days_between, mark};
pub use keys::{asked_grams, distinct, grams, key};
pub use needed::Needed;
pub use query::{Mode, expression, trigrams};
pub use score::{Found, score};
pub use substring::Needle;
pub use word_hits::WordHits;
