//! What engines share about runs: a run as it is stored and as it is shown, what calls are given, what a claim chooses among, sums
//! of usage and budgets. It knows no SQL; what a call makes of a run's life is the model's.

pub mod answers;
pub mod arguments;
pub mod budgets;
pub mod cells;
pub mod lanes;
pub mod pieces;
pub mod places;
pub mod record;
pub mod shortened;
pub mod taker;
pub mod used;
