//! The row of something new as it will be read back, without asking the engine for it.

use crate::model::Stored;
use crate::rows::Batch;

/// Appends what was stored, and no `updated_at`.
pub fn push_new(batch: &mut Batch, stored: &[Stored<'_>]) {
    for value in stored {
        match value {
            Stored::Null => batch.push_null(),
            Stored::Integer(value) => batch.push_integer(*value, false),
            // A column has no negative zero.
            Stored::Real(value) => batch.push_real(*value + 0.0),
            Stored::Text(text) => batch.push_text(text.as_bytes()),
        }
    }
    batch.push_null();
    batch.end_row();
}
