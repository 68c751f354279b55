//! Export and import of a board in a file: `export` writes all of it as lines, `check` compares lines that were staged with the
//! board, `apply` makes them part of it. `spans` is what ran; `sources` opens the board for the thread that does either.

mod apply;
mod check;
mod export;
pub mod sources;
mod spans;

#[cfg(test)]
mod tests {
    use crate::engine::sqlite::schema::LATEST;
    use crate::engine::transfer::form::SCHEMA;

    #[test]
    fn lines_are_rows_of_the_tables_of_this_version() {
        assert_eq!(SCHEMA, i64::from(LATEST));
    }
}
