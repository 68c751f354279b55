//! A Git worktree on the canvas.

use super::entity::{Change, Declaration, Entity, Holds, New};

/// The fields of a worktree.
pub const WORKTREE: Entity = Entity {
    name: "worktree",
    table: "worktrees",
    fields: &[
        Declaration::new("id", "id", Holds::Id),
        Declaration::new("path", "path", Holds::Text).relocated(Change::NotNull),
        Declaration::new("port", "port", Holds::Port).relocated(Change::NotNull),
        Declaration::new("branch_name", "branchName", Holds::Text).relocated(Change::NotNull),
        Declaration::new("issue_url", "issueUrl", Holds::Text).made(New::OrNull).changed(Change::OrNull),
        Declaration::new("task_id", "taskId", Holds::Text).made(New::OrNull).changed(Change::OrNull),
        Declaration::new("status", "status", Holds::Text).made(New::Or("active")).changed(Change::NotNull),
        Declaration::new("position_x", "position.x", Holds::Coordinate)
            .made(New::OrNumber(0.0))
            .changed(Change::IfGiven),
        Declaration::new("position_y", "position.y", Holds::Coordinate)
            .made(New::OrNumber(0.0))
            .changed(Change::IfGiven),
        Declaration::new("created_at", "createdAt", Holds::Time).made(New::OrNow),
        Declaration::new("updated_at", "updatedAt", Holds::Time).made(New::Unset),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::error::{Position, Result};
    use crate::model::entity::{Changes, Edit};
    use crate::model::{Given, Stored};

    /// Id, path, port, branch, issue, task, status, x, y and when it was made.
    const MINIMAL: [Given<'static>; 10] = [
        Given::Text("wt-1"),
        Given::Text("/tmp/wt-1"),
        Given::Number(3001.0),
        Given::Text("main"),
        Given::Undefined,
        Given::Text(""),
        Given::Undefined,
        Given::Undefined,
        Given::Number(f64::NAN),
        Given::Null,
    ];

    fn stored(given: &[Given<'static>]) -> Result<Vec<Stored<'static>>> {
        WORKTREE.stored("createWorktree", given, &[], "now")
    }

    /// The field that is refused, and where its value was given.
    fn refused<T>(result: Result<T>) -> Option<(Option<&'static str>, Option<Position>)> {
        let error = result.err()?;
        error.parts().1.map(|facts| (facts.field, facts.value))
    }

    #[test]
    fn missing_values_become_the_defaults() {
        let stored = stored(&MINIMAL).expect("valid");
        assert_eq!(
            stored[4..],
            [
                Stored::Null,
                Stored::Null,
                Stored::from("active"),
                Stored::Real(0.0),
                Stored::Real(0.0),
                Stored::from("now"),
            ]
        );
    }

    #[test]
    fn a_missing_path_is_left_to_the_schema() {
        let mut given = MINIMAL;
        given[1] = Given::Undefined;
        assert_eq!(stored(&given).map(|stored| stored[1].clone()), Ok(Stored::Null));
    }

    #[test]
    fn an_infinite_position_is_refused() {
        let mut given = MINIMAL;
        given[7] = Given::Number(f64::INFINITY);
        assert_eq!(refused(stored(&given)), Some((Some("position.x"), Some(Position(7)))));
    }

    fn by_column(changes: Changes<'_>) -> Vec<(&'static str, Stored<'_>)> {
        let columns: Vec<_> = changes.columns(&WORKTREE).collect();
        columns.into_iter().zip(changes.values).collect()
    }

    #[test]
    fn a_relocation_takes_where_it_is_and_nothing_else() {
        let relocate =
            |given: &[Given<'static>]| WORKTREE.changes(Edit::Relocate, "relocateWorktree", given).map(by_column);
        assert_eq!(
            relocate(&[Given::Undefined, Given::Text("3002"), Given::Text("main")]),
            Ok(vec![("port", Stored::Integer(3002)), ("branch_name", Stored::from("main"))])
        );
        for nothing in 0..3 {
            let mut given = [Given::Undefined; 3];
            given[nothing] = Given::Null;
            assert!(matches!(relocate(&given).unwrap_err().parts().0, Error::Type(_)));
        }
    }

    #[test]
    fn only_given_columns_change_and_null_clears() {
        // Issue, task, status, x and y.
        let mut given = [Given::Null, Given::Undefined, Given::Undefined, Given::Null, Given::Number(2.5)];
        assert_eq!(
            WORKTREE.changes(Edit::Update, "updateWorktree", &given).map(by_column),
            Ok(vec![("issue_url", Stored::Null), ("position_y", Stored::Real(2.5))])
        );
        given[2] = Given::Null;
        let changes = WORKTREE.changes(Edit::Update, "updateWorktree", &given).map(by_column);
        assert_eq!(refused(changes), Some((Some("status"), Some(Position(3)))));
    }
}
