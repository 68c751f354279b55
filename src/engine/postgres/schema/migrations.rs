//! The steps between versions of the tables, compiled in.

/// A step. Its text is never edited once it is released.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The version that it leads to.
    pub version: u32,
    /// What it is about.
    pub name: &'static str,
    /// From the version before; `{s}` stands for the schema.
    pub up: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        /// All of them, in their order.
        pub const ALL: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            up: include_str!(concat!("../../../../schema/postgres/000", $version, "_", $name, ".up.sql")),
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
pub const LATEST: u32 = ALL[ALL.len() - 1].version;

/// The table in which a board keeps which steps were applied to it.
pub const HISTORY: &str = include_str!("../../../../schema/postgres/schema_migrations.sql");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_rise_from_one() {
        let versions: Vec<u32> = ALL.iter().map(|migration| migration.version).collect();
        assert_eq!(versions[0], 1);
        assert!(versions.is_sorted_by(|one, next| one < next), "{versions:?}");
    }
}
