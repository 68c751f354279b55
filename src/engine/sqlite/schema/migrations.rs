//! The migrations that this package knows, compiled in.

use crate::engine::sha256;

/// A step between two versions of the schema. Once released its text is never edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// The version that it leads to.
    pub version: u32,
    /// What it is about.
    pub name: &'static str,
    /// From the version before.
    pub up: &'static str,
    /// Back to it.
    pub down: &'static str,
    /// The lowest version whose code may read a file with this step.
    pub min_reader: u32,
    /// The lowest version whose code may write it.
    pub min_writer: u32,
    /// Whether it rebuilds a table, so that foreign keys are off meanwhile and checked afterwards.
    pub rebuilds_tables: bool,
}

impl Migration {
    /// The checksum by which a changed text is noticed.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256::of_text(self.up)
    }
}

macro_rules! migrations {
    ($($version:literal $name:literal read from $reader:literal written from $writer:literal),* $(,)?) => {
        /// All of them; the version of the one at index `n` is `n + 1`.
        pub const ALL: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            up: include_str!(concat!("../../../../schema/000", $version, "_", $name, ".up.sql")),
            down: include_str!(concat!("../../../../schema/000", $version, "_", $name, ".down.sql")),
            min_reader: $reader,
            min_writer: $writer,
            rebuilds_tables: false,
        }),*];
    };
}

migrations! {
    1 "javascript_layer" read from 1 written from 1,
    2 "indexes" read from 1 written from 1,
    3 "changes" read from 1 written from 1,
    4 "runs" read from 1 written from 1,
    5 "board" read from 1 written from 1,
    6 "history" read from 1 written from 1,
}

/// The version that the code needs.
pub const LATEST: u32 = ALL.len() as u32;

/// The version that the JavaScript layer's files become.
pub const JAVASCRIPT_LAYER: u32 = 1;

/// The table in which a file keeps what was done to it.
pub const HISTORY: &str = include_str!("../../../../schema/schema_migrations.sql");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_from_one_without_a_gap() {
        let versions: Vec<u32> = ALL.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=LATEST).collect::<Vec<_>>());
    }

    #[test]
    fn released_texts_are_what_they_were() {
        let sums: Vec<String> = ALL.iter().map(Migration::sha256).collect();
        assert_eq!(sums, RELEASED);
    }

    const RELEASED: [&str; 6] = [
        "c7915cd133efbf0b23fd3b65549a3c64bd6174cfade56c544b985d305fbd112d",
        "6f0a86d3901aec2722480d152d706c210023b0a3f31fcffb02a8bc802c610313",
        "1d77d14e7de789105e9d8eee84a3db924fcb4627d7596b861d6067223cb10284",
        "0043c64048d15c27466fd52f5131829321fef1d6cc862b167e95c6572fb5b563",
        "af3152d210704a1980c846753c6c257418bccca1a5b9fdbc46d7c5c00e60e1fa",
        "240e437757c178bda202d1d0c2437653707a3a297b5ee96c9e79748af9eef2bb",
    ];
}
