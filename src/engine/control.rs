//! The steps of transactions.

macro_rules! controls {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A step of a transaction.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Control { $($(#[$doc])* $name),* }

        impl Control {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

controls! {
    /// Begins one that takes its locks when it needs them.
    Begin,
    /// The same, said in full.
    BeginDeferred,
    /// Begins one that holds the write lock from the start.
    BeginImmediate,
    /// Begins one that also keeps readers out, where the engine can.
    BeginExclusive,
    /// Commits all of it.
    Commit,
    /// Undoes all of it.
    Rollback,
    /// Begins a nested one.
    Savepoint,
    /// Ends a nested one.
    Release,
    /// Undoes a nested one, which is still to be released.
    RollbackTo,
}
