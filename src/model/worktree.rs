//! A Git worktree on the canvas: what a new one and a change of one may hold.

use super::given::{Field, Given};
use super::rules::{self, Stored};
use crate::error::Result;

/// A new worktree as it was given.
#[derive(Debug, Clone, Copy)]
pub struct NewWorktree<'a> {
    /// Its id, path, port and branch.
    pub id: Given<'a>,
    /// Where it lies.
    pub path: Given<'a>,
    /// The port of its server.
    pub port: Given<'a>,
    /// The branch that is checked out in it.
    pub branch_name: Given<'a>,
    /// The issue it works on.
    pub issue_url: Given<'a>,
    /// The task it works on.
    pub task_id: Given<'a>,
    /// Its status.
    pub status: Given<'a>,
    /// Where it stands on the canvas.
    pub position_x: Given<'a>,
    /// Where it stands on the canvas.
    pub position_y: Given<'a>,
    /// When it was made.
    pub created_at: Given<'a>,
}

impl<'a> NewWorktree<'a> {
    /// What is stored, in the order of the ten columns that a new one has.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored(&self, method: &'static str, now: &'a str) -> Result<[Stored<'a>; 10]> {
        let field = |name| Field::new(method, name);
        Ok([
            rules::id(field("id"), self.id)?.into(),
            rules::text(field("path"), self.path)?.into(),
            rules::port(field("port"), self.port)?,
            rules::text(field("branchName"), self.branch_name)?.into(),
            rules::text_or(field("issueUrl"), self.issue_url, None)?.into(),
            rules::text_or(field("taskId"), self.task_id, None)?.into(),
            rules::text_or(field("status"), self.status, Some("active"))?.into(),
            Stored::Real(rules::coordinate_or(field("position.x"), self.position_x, 0.0)?),
            Stored::Real(rules::coordinate_or(field("position.y"), self.position_y, 0.0)?),
            rules::time(field("createdAt"), self.created_at, now)?.into(),
        ])
    }
}

/// The changes of a worktree as they were given; `undefined` is 'not given'.
#[derive(Debug, Clone, Copy)]
pub struct WorktreeChanges<'a> {
    /// Its status.
    pub status: Given<'a>,
    /// The issue it works on; `null` clears it.
    pub issue_url: Given<'a>,
    /// The task it works on; `null` clears it.
    pub task_id: Given<'a>,
    /// Where it stands on the canvas.
    pub position_x: Given<'a>,
    /// Where it stands on the canvas.
    pub position_y: Given<'a>,
}

impl<'a> WorktreeChanges<'a> {
    /// The columns that change and what they become.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored(&self, method: &'static str) -> Result<Vec<(&'static str, Stored<'a>)>> {
        let field = |name| Field::new(method, name);
        let mut set = Vec::with_capacity(5);
        if self.status != Given::Undefined {
            set.push(("status", rules::text_not_null(field("status"), self.status)?.into()));
        }
        if self.issue_url != Given::Undefined {
            set.push(("issue_url", rules::text(field("issueUrl"), self.issue_url)?.into()));
        }
        if self.task_id != Given::Undefined {
            set.push(("task_id", rules::text(field("taskId"), self.task_id)?.into()));
        }
        for (column, name, given) in
            [("position_x", "position.x", self.position_x), ("position_y", "position.y", self.position_y)]
        {
            if !given.is_missing() {
                set.push((column, Stored::Real(rules::coordinate(field(name), given)?)));
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    const MINIMAL: NewWorktree<'static> = NewWorktree {
        id: Given::Text("wt-1"),
        path: Given::Text("/tmp/wt-1"),
        port: Given::Number(3001.0),
        branch_name: Given::Text("main"),
        issue_url: Given::Undefined,
        task_id: Given::Text(""),
        status: Given::Undefined,
        position_x: Given::Undefined,
        position_y: Given::Number(f64::NAN),
        created_at: Given::Null,
    };

    #[test]
    fn missing_values_become_the_defaults() {
        let stored = MINIMAL.stored("createWorktree", "now").expect("valid");
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
    fn a_missing_path_is_left_to_sqlite() {
        let stored = NewWorktree { path: Given::Undefined, ..MINIMAL }.stored("createWorktree", "now");
        assert_eq!(stored.map(|s| s[1].clone()), Ok(Stored::Null));
    }

    #[test]
    fn an_infinite_position_is_refused() {
        let worktree = NewWorktree { position_x: Given::Number(f64::INFINITY), ..MINIMAL };
        assert!(matches!(worktree.stored("createWorktree", "now"), Err(Error::Type(_))));
    }

    #[test]
    fn only_given_columns_change_and_null_clears() {
        let changes = WorktreeChanges {
            status: Given::Undefined,
            issue_url: Given::Null,
            task_id: Given::Undefined,
            position_x: Given::Null,
            position_y: Given::Number(2.5),
        };
        assert_eq!(
            changes.stored("updateWorktree"),
            Ok(vec![("issue_url", Stored::Null), ("position_y", Stored::Real(2.5))])
        );
        let changes = WorktreeChanges { status: Given::Null, ..changes };
        assert!(matches!(changes.stored("updateWorktree"), Err(Error::Type(_))));
    }
}
