//! What the ledger makes of a log.

use super::*;
use crate::model::random::Random;

fn assigned(worktree: &str, zone: Option<&str>) -> Change {
    Change::Assigned { worktree: worktree.into(), zone: zone.map(Into::into) }
}

fn worktree(id: &str) -> Change {
    Change::Worktree { id: id.into(), is_new: true, branch_name: Some(format!("branch-{id}")), port: Some("1".into()) }
}

fn zone(id: &str) -> Change {
    Change::Zone { id: id.into(), name: format!("Zone {id}") }
}

/// The moves that these changes make: `worktree: from>to`.
fn moves(changes: impl IntoIterator<Item = Change>) -> Vec<String> {
    let (mut ledger, mut moves) = (Ledger::default(), Vec::new());
    for (seq, change) in changes.into_iter().enumerate() {
        let entry = Entry { seq: seq as i64 + 1, change: Some(change), ..Entry::default() };
        ledger.read(&entry, &mut moves);
    }
    let stop = |stop: &Option<Stop>| stop.as_ref().map_or("-".to_owned(), |stop| stop.id.clone());
    moves.iter().map(|of| format!("{}: {}>{}", of.worktree_id, stop(&of.from), stop(&of.to))).collect()
}

fn board() -> Vec<Change> {
    vec![zone("a"), zone("b"), worktree("1"), worktree("2")]
}

#[test]
fn each_change_of_zone_is_a_move_and_an_assignment_to_the_same_zone_is_none() {
    let mut changes = board();
    changes.extend([assigned("1", Some("a")), assigned("1", Some("a")), assigned("1", Some("b")), assigned("1", None)]);
    assert_eq!(moves(changes), ["1: ->a", "1: a>b", "1: b>-"]);
}

#[test]
fn what_is_deleted_leaves_its_zone_whether_its_assignment_goes_first_last_or_never() {
    for rest in [
        vec![assigned("1", None), Change::WorktreeGone { id: "1".into() }],
        vec![Change::WorktreeGone { id: "1".into() }, assigned("1", None)],
        vec![Change::WorktreeGone { id: "1".into() }],
    ] {
        let mut changes = board();
        changes.push(assigned("1", Some("a")));
        changes.extend(rest);
        assert_eq!(moves(changes), ["1: ->a", "1: a>-"]);
    }
}

#[test]
fn a_zone_that_goes_takes_all_out_and_one_of_its_id_has_them_again() {
    let mut changes = board();
    changes.extend([assigned("1", Some("a")), assigned("2", Some("a"))]);
    changes.extend([Change::ZoneGone { id: "a".into() }, zone("a")]);
    assert_eq!(moves(changes), ["1: ->a", "2: ->a", "1: a>-", "2: a>-", "1: ->a", "2: ->a"]);
}

#[test]
fn what_is_replaced_is_gone_only_where_the_next_worktree_confirms_it() {
    let replaced = |by_update| Change::Replaced { id: "1".into(), by: "3".into(), port: "1".into(), by_update };
    let updated = |port: Option<&str>| Change::Worktree {
        id: "3".into(),
        is_new: false,
        branch_name: None,
        port: port.map(Into::into),
    };
    for (stash, next, gone) in [
        (replaced(false), worktree("3"), true),
        (replaced(false), worktree("4"), false),
        (replaced(false), updated(Some("1")), false),
        (replaced(true), updated(Some("1")), true),
        (replaced(true), updated(None), false),
        (replaced(true), worktree("3"), false),
    ] {
        let mut changes = board();
        changes.extend([assigned("1", Some("a")), stash, next]);
        assert_eq!(moves(changes).len(), 1 + usize::from(gone));
    }
}

/// Whatever happens: each worktree's moves are a chain from nowhere to where it is.
#[test]
fn each_from_is_the_to_before() {
    let mut random = Random(7);
    let mut next = |below: i64| random.below(below);
    for _ in 0..300 {
        let (mut ledger, mut moves) = (Ledger::default(), Vec::new());
        for seq in 1..80 {
            let [one, two] = [0, 1].map(|_| next(4).to_string());
            let change = match next(8) {
                0 => worktree(&one),
                1 => Change::WorktreeGone { id: one },
                2 => zone(&one),
                3 => Change::ZoneGone { id: one },
                4 => Change::Replaced { id: one, by: two, port: "1".into(), by_update: next(2) == 0 },
                5 => assigned(&one, None),
                _ => assigned(&one, Some(&two)),
            };
            ledger.read(&Entry { seq, change: Some(change), ..Entry::default() }, &mut moves);
        }
        for id in 0..4 {
            let id = id.to_string();
            let mut at = None;
            for of in moves.iter().filter(|of| of.worktree_id == id) {
                assert_eq!(of.from.as_ref().map(|stop| &stop.id), at.as_ref());
                assert_ne!(of.from.as_ref().map(|stop| &stop.id), of.to.as_ref().map(|stop| &stop.id));
                at = of.to.as_ref().map(|stop| stop.id.clone());
            }
            assert_eq!(at, ledger.zone_of(&id).map(|stop| stop.id));
        }
    }
}
