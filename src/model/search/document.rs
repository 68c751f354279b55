//! A run as it is indexed.

use super::facets::Facets;
use super::readable::readable;

/// The fields of a run that are searched, in the order of the index's columns.
pub const FIELDS: [&str; 5] = ["prompt", "result", "error", "question", "answer"];
const RESULT: usize = 1;

/// What a run says, and its marks.
#[derive(Debug, Default)]
pub struct Document {
    /// The texts of [`FIELDS`]; empty where there is none.
    pub fields: [String; FIELDS.len()],
    /// What filters ask for.
    pub facets: Facets,
}

impl Document {
    /// A document of these texts; the result is JSON.
    #[must_use]
    pub fn of(mut fields: [String; FIELDS.len()], facets: Facets) -> Self {
        let read = readable(&fields[RESULT]).into_owned();
        fields[RESULT] = read;
        Self { fields, facets }
    }

    /// All texts in one, each on lines of its own.
    #[must_use]
    pub fn text(&self) -> String {
        self.fields.join("\n")
    }

    /// A hash of all of it, by which changes are noticed: FNV-1a, 64 bits.
    #[must_use]
    pub fn print(&self) -> i64 {
        let mut print = super::facets::hash("");
        for text in self.fields.iter().chain(&self.facets.0) {
            for byte in text.bytes().chain([0xff]) {
                print = super::facets::mixed(print, byte);
            }
        }
        print.cast_signed()
    }
}
