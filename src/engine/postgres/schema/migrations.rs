//! The steps between versions of the tables, compiled in.

use crate::engine::sha256;

/// A step. Its text is never edited once it is released.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that it leads to.
    pub version: u32,
    /// What it is about.
    pub name: &'static str,
    /// From the version before; `{s}` stands for the schema.
    pub up: &'static str,
    /// Back to it.
    pub down: &'static str,
}

impl Migration {
    /// The checksum by which a changed text is noticed.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256::of_text(self.up)
    }
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        /// All of them; the version of the one at index `n` is `n + 1`.
        pub const ALL: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            up: include_str!(concat!("../../../../schema/postgres/000", $version, "_", $name, ".up.sql")),
            down: include_str!(concat!("../../../../schema/postgres/000", $version, "_", $name, ".down.sql")),
        }),*];
    };
}

migrations! {
    1 "board",
    2 "beside",
    3 "changes",
    4 "runs",
    5 "archive",
    6 "asking",
    7 "search",
    8 "keeping",
}

/// The version that the code needs.
pub const LATEST: u32 = ALL.len() as u32;

/// The table in which a board keeps which steps were applied to it.
pub const HISTORY: &str = include_str!("../../../../schema/postgres/schema_migrations.sql");

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

    /// None is released yet: who edits a text writes its sum here. Once one is, it stays.
    const RELEASED: [&str; 8] = [
        "44af0706aff90b99d2255f8b355bb8a063035e207ae26c4468489a418f2e8b40",
        "ddaeeaa0e1f4aca2359b86146b2b4970bca40a5f97ac5b22a49754132d62943d",
        "556dfe67c218cc0636df7e44b084bf1381424404b92814d38b2c72307fae3f25",
        "558be9951d188b1dea956f006fb5f4563736c510850ebb42aeadf9e4540ae842",
        "4c555b2c585ff9b1c37e210d103098f2e2ac0dac1349cbc67314fd1a5b84e073",
        "59e2d25837614cc679cc59b97b3a0166c18566580286ce6b452755568a6fda0a",
        "372c398c852f7d2486eccd65076669b9daff78bd42381c48dc0fb9de067d5ca4",
        "1f2e8749aa6df258fc510f96263855f0beb19d7b904408548ececf535d1168cd",
    ];
}
