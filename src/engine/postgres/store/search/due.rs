//! The texts of runs in statements, and no more of them at once than fit in memory well.

use tokio_postgres::Row;

use super::full_text::Texts;
use crate::engine::postgres::client::value::text_of;
use crate::model::search::{Document, Facets};

/// The texts of a run, in the order in which [`texts_at`] reads them.
pub(super) const TEXTS: &str = "CASE WHEN r.executed THEN e.prompt ELSE r.prompt END AS says_prompt, \
     CASE WHEN r.executed THEN e.result ELSE r.result END AS says_result, r.error AS says_error, r.question AS says_question, r.answer AS says_answer";
/// The bytes of these texts.
pub(super) const BYTES: &str = "coalesce(octet_length(CASE WHEN r.executed THEN e.prompt ELSE r.prompt END), 0) \
     + coalesce(octet_length(CASE WHEN r.executed THEN e.result ELSE r.result END), 0) + coalesce(octet_length(r.error), 0) \
     + coalesce(octet_length(r.question), 0) + coalesce(octet_length(r.answer), 0)";
/// After so many bytes no more texts come.
pub(super) const MOST_BYTES: i64 = 8 << 20;

/// The texts in a row from a column on, as they are indexed.
pub(super) fn texts_at(row: &Row, column: usize) -> Texts {
    let texts = [0, 1, 2, 3, 4].map(|nth| text_of(row, column + nth).unwrap_or_default());
    Document::of(texts, Facets::default()).fields
}
